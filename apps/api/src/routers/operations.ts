import type { OperationsReport } from '../operations/report.ts'
import { procedure } from '../trpc.ts'

export const operations = procedure.query(({ ctx }): Promise<OperationsReport> => ctx.operations.read())
