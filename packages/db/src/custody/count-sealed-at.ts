import { connect } from '../connect.ts'
import { countSealed } from '../reads/count-sealed.ts'

/** No such database; no such table or role yet. */
const NOTHING_YET = ['3D000', '42P01', '22023']

/** Like countSealed, of a database that may not be there, or may be from before there were users. */
export async function countSealedAt(url: string): Promise<{ keyId: string; records: number }[]> {
  const db = connect({ url, applicationName: 'onetape keys', poolMax: 1, role: 'onetape_daemon' })
  try {
    return await countSealed(db)
  } catch (error) {
    if (NOTHING_YET.includes(String((error as { code?: unknown }).code))) return []
    throw error
  } finally {
    await db.end()
  }
}
