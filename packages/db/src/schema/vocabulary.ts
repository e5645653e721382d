// The closed vocabularies of the tape, as Postgres enums.
import { ASSET_CLASSES, BASES, TIMEFRAMES } from '@onetape/market'
import { pgEnum } from 'drizzle-orm/pg-core'

export const assetClassEnum = pgEnum('asset_class', ASSET_CLASSES)
export const timeframeEnum = pgEnum('timeframe', TIMEFRAMES)
export const basisEnum = pgEnum('basis', BASES)
