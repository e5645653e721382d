// A line of pino's JSON as people read it; other lines stay as they are.

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  /** Without the time, so that repetitions can be told. */
  message: string
  text: string
}

/** What surrounds the message when Node ends on an error: for the file, not for people. */
const STACK = /^\s|^$|^[{}^]|^Node\.js v|^(file|node):\S+:\d+$|^Trace/
const USUAL = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err', 'v'])

export function readLogLine(line: string, fallback: 'info' | 'error'): LogLine {
  const entry = parse(line)
  if (!entry) return { level: STACK.test(line) ? 'info' : fallback, message: line, text: line }
  const level = levelOf(entry.level)
  const rest = Object.entries(entry)
    .filter(([key]) => !USUAL.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('')
  const error = (entry.err as { message?: string } | undefined)?.message
  const message = [entry.msg, error].filter(Boolean).join(': ')
  const time = typeof entry.time === 'number' ? new Date(entry.time).toISOString() : String(entry.time ?? '')
  return { level, message, text: `${time} ${level.padEnd(5)} ${message}${rest}` }
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    const value = JSON.parse(line)
    return typeof value.msg === 'string' || value.level ? value : null
  } catch {
    return null
  }
}

function levelOf(level: unknown): LogLine['level'] {
  if (typeof level === 'string')
    return level === 'fatal' ? 'error' : level === 'trace' ? 'debug' : (level as LogLine['level'])
  const number = Number(level)
  return number >= 50 ? 'error' : number >= 40 ? 'warn' : number >= 30 ? 'info' : 'debug'
}
