// What the API says with its ready message while nobody runs a live OneTape yet.

/** The line for the terminal; null where there is an operator. */
export function operatorLine(message: Record<string, unknown>, address: string): string | null {
  const code = message.operatorCode
  if (typeof code !== 'string') return null
  return `  ${'operator'.padEnd(10)}nobody runs this OneTape yet: sign up at ${address}/sign-up with the one-time code ${code}`
}
