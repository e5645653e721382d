// The simulator's settings, read once.
import { z } from 'zod'

const whole = z.coerce.number({ error: 'must be a whole number' }).int({ error: 'must be a whole number' })

export const envSchema = z.object({
  SIM_PORT: whole
    .min(0, { error: 'must be a port' })
    .max(65_535, { error: 'must be a port' })
    .default(0)
    .describe('Port of the simulated vendors; 0 takes a free one.'),
  SIM_TCP_PORT: whole
    .min(0, { error: 'must be a port' })
    .max(65_535, { error: 'must be a port' })
    .default(0)
    .describe('Port of the vendor that has a socket of its own; 0 or a taken one takes a free one.'),
  SIM_HOST: z
    .literal('127.0.0.1', { error: 'can only be 127.0.0.1, simulated vendors are not for others' })
    .default('127.0.0.1')
    .describe('Always loopback.'),
  SIM_SHIFT_US: whole.default(0).describe('Microseconds that the simulated time runs ahead of the real.'),
  SIM_SEED: whole.default(1).describe('Another seed, another market.'),
})
export type Env = z.output<typeof envSchema>

/** @throws Error with one line a setting, for people. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const parsed = envSchema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
}
