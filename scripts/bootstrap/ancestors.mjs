// npm killed with -9 tells nobody. Its child (a shell that may or may not have replaced itself by us) gets a
// new parent then, and so do we: that is what is looked at.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'

const POLL_MS = 500
const SHELL = /^-?(sh|bash|dash|ash|zsh|ksh|busybox)$/

export async function whenAncestorsEnd(stop) {
  const parent = process.ppid
  const shell = await look(parent)
  const grandparent = shell && SHELL.test(shell.name) ? shell.parent : null
  const timer = setInterval(async () => {
    const gone =
      process.ppid !== parent || (grandparent !== null && (await look(parent))?.parent !== grandparent)
    if (!gone) return
    clearInterval(timer)
    stop()
  }, POLL_MS)
  timer.unref()
}

/** Name and parent of a process, or null when it is no more. */
export async function look(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const end = stat.lastIndexOf(')')
      return {
        name: stat.slice(stat.indexOf('(') + 1, end),
        parent: Number(stat.slice(end + 2).split(' ')[1]),
      }
    } catch {
      return null
    }
  }
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], (error, stdout) => {
      const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? []
      resolve(error || !command ? null : { name: command.trim().split('/').at(-1), parent: Number(parent) })
    })
  })
}
