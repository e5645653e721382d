// One launcher a mode in a state folder, and what the next one wants to know of it: its address and ports.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { prepareStateDir, readIfThere, tryLock, writeWhole } from '@onetape/db/embedded'
import { LaunchProblem } from './problem.ts'

export interface Instance {
  /** Said to whoever starts a second one. */
  announce(address: string): void
  /** From here on a next launcher waits for us instead of giving up. */
  announceEnd(): void
  end(): void
}

interface Card {
  pid: number
  address: string | null
  ending: boolean
}

const ENDING_MS = 12_000
const POLL_MS = 200

export async function claimInstance(stateDir: string, mode: string): Promise<Instance> {
  prepareStateDir(stateDir)
  const cardPath = join(stateDir, `launcher-${mode}.json`)
  const lockPath = join(stateDir, `launcher-${mode}.lock`)
  const until = Date.now() + ENDING_MS
  for (;;) {
    const lock = tryLock(lockPath)
    if (lock) {
      const write = (card: Omit<Card, 'pid'>): void =>
        writeWhole(cardPath, JSON.stringify({ pid: process.pid, ...card }))
      let address: string | null = null
      write({ address, ending: false })
      return {
        announce(given) {
          address = given
          write({ address, ending: false })
        },
        announceEnd: () => write({ address, ending: true }),
        end() {
          rmSync(cardPath, { force: true })
          lock.release()
        },
      }
    }
    const card = JSON.parse(readIfThere(cardPath) ?? 'null') as Card | null
    if ((card && !card.ending) || Date.now() > until) throw alreadyRunning(card, mode)
    await delay(POLL_MS)
  }
}

function alreadyRunning(card: Card | null, mode: string): LaunchProblem {
  const name = `OneTape ${mode.toUpperCase()}`
  if (card?.address) return new LaunchProblem(`${name} is already running at ${card.address}`)
  const who = card ? ` (process ${card.pid})` : ''
  return new LaunchProblem(`${name} is already being started${who}; wait for it, or stop it first.`)
}
