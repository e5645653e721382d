import { removeOldStates } from './onetape.ts'

export default removeOldStates
