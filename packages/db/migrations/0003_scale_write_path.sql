-- Edited by hand: one rewrite of the latest table, its room for HOT updates, the shards.
CREATE TABLE "tape_shards" (
	"shard" smallint PRIMARY KEY NOT NULL,
	"head" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "market_data_ticks" DROP CONSTRAINT "market_data_ticks_instrument_id_ts_source_id_pk";
--> statement-breakpoint
ALTER TABLE "market_data_bars" ALTER COLUMN "write_id" SET DATA TYPE integer;
--> statement-breakpoint
ALTER TABLE "market_data_ticks" ALTER COLUMN "write_id" SET DATA TYPE integer;
--> statement-breakpoint
ALTER TABLE "market_data_latest"
	ALTER COLUMN "write_id" SET DATA TYPE integer,
	ALTER COLUMN "last" SET DATA TYPE double precision,
	ALTER COLUMN "bid" SET DATA TYPE double precision,
	ALTER COLUMN "ask" SET DATA TYPE double precision,
	ALTER COLUMN "bid_size" SET DATA TYPE double precision,
	ALTER COLUMN "ask_size" SET DATA TYPE double precision,
	ALTER COLUMN "day_open" SET DATA TYPE double precision,
	ALTER COLUMN "day_high" SET DATA TYPE double precision,
	ALTER COLUMN "day_low" SET DATA TYPE double precision,
	ALTER COLUMN "day_close" SET DATA TYPE double precision,
	ALTER COLUMN "volume" SET DATA TYPE double precision,
	ALTER COLUMN "previous_close" SET DATA TYPE double precision;
--> statement-breakpoint
ALTER TABLE "market_data_ticks" ADD CONSTRAINT "market_data_ticks_instrument_id_source_id_ts_pk" PRIMARY KEY("instrument_id","source_id","ts");
--> statement-breakpoint
ALTER TABLE "market_data_latest" SET (fillfactor = 45);
--> statement-breakpoint
INSERT INTO "tape_shards" ("shard", "head") SELECT shard, 0 FROM generate_series(0, 3) AS s (shard);
