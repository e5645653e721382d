// How a source of one's own is, in plain words. Pure.
import type { MySource } from '@onetape/api/router'
import type { HealthTone } from '../source-health.ts'

export interface StateView {
  tone: HealthTone
  word: string
}

export function stateView({ state, health }: Pick<MySource, 'state' | 'health'>): StateView {
  switch (state) {
    case 'paused':
      return { tone: 'idle', word: 'Paused' }
    case 'expired':
      return { tone: 'bad', word: 'Sign-in ran out' }
    case 'unreadable':
      return { tone: 'bad', word: 'Key cannot be read' }
    case 'failing':
      return { tone: 'bad', word: 'Failing' }
    case 'connected':
      if (!health) return { tone: 'good', word: 'Connected' }
      return health.failures > 0
        ? { tone: 'warn', word: 'Failing now and then' }
        : { tone: 'good', word: 'Answering' }
  }
}

/** What to do about it first: the button that stands out. */
export type FirstAid = 'sign_in' | 'replace_key' | 'resume' | null

export function firstAid({ state, how }: Pick<MySource, 'state' | 'how'>): FirstAid {
  if (state === 'paused') return 'resume'
  if (state === 'expired' || state === 'unreadable') return how === 'oauth' ? 'sign_in' : 'replace_key'
  return null
}
