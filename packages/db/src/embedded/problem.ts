/** Something a person can put right; `message` is one clear line that says what to do. */
export class EmbeddedProblem extends Error {
  override name = 'EmbeddedProblem'
}

/** Before the line by which a guardian that cannot start tells its client why, in guardian.log. */
export const LAST_WORDS = 'cannot start: '

/** A file error in words; anything that is no file error is handed back as it came. */
export function problemFromFileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException)?.code
  const advice = code ? FILE_ADVICE[code] : undefined
  return advice ? new EmbeddedProblem(`The database folder ${path} ${advice}.`, { cause: error }) : error
}

const elsewhere = 'or set ONETAPE_STATE_DIR to a folder that can be written'
const FILE_ADVICE: Record<string, string> = {
  EACCES: `may not be written by this user: change its owner or mode, ${elsewhere}`,
  EPERM: `may not be written by this user: change its owner or mode, ${elsewhere}`,
  ENOENT: `cannot be made there: set ONETAPE_STATE_DIR to a folder that can be written`,
  EROFS: `is on a read-only disk: ${elsewhere.slice(3)}`,
  ENOSPC: `is on a full disk: free some space, ${elsewhere}`,
  EDQUOT: `is over its quota: free some space, ${elsewhere}`,
  ENOTDIR: `cannot be made because a file is in the way: remove that file, ${elsewhere}`,
  EEXIST: `cannot be made because a file is in the way: remove that file, ${elsewhere}`,
}

/** What the server or initdb wrote as its last words, in one line; `logFile` is where the rest is. */
export function problemFromServerLog(lines: string, logFile: string): EmbeddedProblem {
  for (const [pattern, message] of SERVER_ADVICE)
    if (pattern.test(lines)) return new EmbeddedProblem(message(logFile))
  const said = lines
    .split('\n')
    .filter((line) => /FATAL|PANIC|ERROR|error:/.test(line))
    .at(-1)
    ?.replace(/^.*?(?=FATAL|PANIC|ERROR|error:)/, '')
    .trim()
  return new EmbeddedProblem(
    said
      ? `PostgreSQL did not start (${said}); see ${logFile}.`
      : `PostgreSQL did not start; see ${logFile}.`,
  )
}

const SERVER_ADVICE: [RegExp, (logFile: string) => string][] = [
  [
    /No space left on device|Disk quota exceeded/,
    () => 'PostgreSQL did not start because the disk is full: free some space and start again.',
  ],
  [
    /Cannot allocate memory|could not (create|map) (anonymous )?shared memory/,
    () => 'PostgreSQL did not start because memory is short: free some memory and start again.',
  ],
  [
    /incompatible with server/,
    () =>
      'The database folder was made by another version of PostgreSQL: check out the OneTape that made it, or move the folder away to begin anew.',
  ],
  [
    /wrong ownership|invalid permissions/,
    (log) => `The database folder belongs to another user: give it back its owner and mode 0700; see ${log}.`,
  ],
  [
    /could not locate a valid checkpoint record|invalid magic number|incorrect checksum|could not (open|read) file "(global\/pg_control|pg_wal|postmaster)|is not a (valid|database)/,
    (log) =>
      `The database folder is damaged: restore it from a backup, or move it away to begin anew; see ${log}.`,
  ],
]
