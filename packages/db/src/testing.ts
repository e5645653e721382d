import type { Db, Mode } from './index.ts'
export interface TestDatabase {
  url: string
  db: Db
  drop(): Promise<void>
}
/** A clone of a migrated template database, of its own. */
export declare function testDatabase(o?: { mode?: Mode }): Promise<TestDatabase>
