/** Why OneTape cannot start, in one clear line that says what to do. */
export class LaunchProblem extends Error {
  override name = 'LaunchProblem'
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
