// Who may sign up now. A live OneTape that nobody runs yet waits for its operator, whatever the setting says.
import type { FirstOperatorCode } from './first-operator.ts'
import type { SignUp } from './ports.ts'

export interface SignUpStateOptions {
  mode: 'demo' | 'live'
  setting: 'open' | 'closed'
  hasOperator: () => Promise<boolean>
  /** Null where there was an operator at the start. */
  code: FirstOperatorCode | null
}

export class SignUpState {
  readonly #o: SignUpStateOptions
  #hasOperator: boolean

  constructor(o: SignUpStateOptions) {
    this.#o = o
    this.#hasOperator = o.mode === 'demo' // its own user is one
  }

  get code(): FirstOperatorCode | null {
    return this.#o.code
  }

  async read(): Promise<SignUp> {
    this.#hasOperator ||= await this.#o.hasOperator()
    return this.#hasOperator ? this.#o.setting : 'first_operator'
  }
}
