import { ApiProblem } from '../src/errors.ts'
import type { Mine } from '../src/mine/mine.ts'

const notAsked = async (): Promise<never> => {
  throw new ApiProblem('unavailable', 'not asked in these tests')
}

/** What a person owns, for servers without a database: nothing. */
export const fakeMine: Mine = {
  vendors: () => [],
  sources: async () => [],
  probe: notAsked,
  connect: notAsked,
  places: async () => [],
  test: notAsked,
  pause: notAsked,
  rename: notAsked,
  replaceKey: notAsked,
  setPrimary: notAsked,
  remove: notAsked,
  signInBegin: notAsked,
  signInEnd: notAsked,
  orders: async () => ({ rows: [], sources: [] }),
  setOrder: notAsked,
  pins: async () => [],
  setPin: notAsked,
  outages: async () => [],
  simulateOutage: notAsked,
  endOutage: notAsked,
  problems: async () => [],
  async *changes() {},
}
