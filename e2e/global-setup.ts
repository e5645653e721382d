import { removeStates } from './onetape.ts'

/** What an earlier run left goes first; what this one makes goes last. */
export default function setUp(): () => void {
  removeStates()
  return removeStates
}
