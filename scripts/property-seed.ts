// Property tests draw the same worlds in every run, so that a commit which passed once passes again. New worlds are
// looked for on purpose: `PROPERTY_SEED=random vitest run`, or with the number that a failure printed.
import fc from 'fast-check'

const { PROPERTY_SEED } = process.env
if (PROPERTY_SEED !== 'random') fc.configureGlobal({ seed: Number(PROPERTY_SEED ?? 20_261_122) })
