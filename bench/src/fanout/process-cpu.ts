import { readFileSync } from 'node:fs'

const TICKS_PER_S = 100

/** CPU time that a process has used, its own and the kernel's for it, in milliseconds (Linux; NaN elsewhere). */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold spaces; the times are the 12th and 13th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_S
  } catch {
    return Number.NaN
  }
}
