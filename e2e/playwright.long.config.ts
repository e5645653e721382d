// Ways that wait for breakers and take longer than `npm test` has: `pnpm --filter e2e run long`.
import config from './playwright.config.ts'

export default { ...config, testDir: './long' }
