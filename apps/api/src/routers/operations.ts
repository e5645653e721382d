import type { OperationsReport } from '../operations/report.ts'
import { operatorProcedure } from '../trpc.ts'

export const operations = operatorProcedure.query(
  ({ ctx }): Promise<OperationsReport> => ctx.operations.read(),
)
