-- Edited by hand: partitions, and the follower begins anew, because it now keeps buckets that days are made of.
CREATE TABLE "market_data_rollups" (
	"ts" timestamp with time zone NOT NULL,
	"open_ts" timestamp with time zone NOT NULL,
	"close_ts" timestamp with time zone NOT NULL,
	"tick_open_ts" timestamp with time zone,
	"tick_close_ts" timestamp with time zone,
	"write_id" integer NOT NULL,
	"instrument_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"basis" "basis" NOT NULL,
	"source_id" smallint NOT NULL,
	"open" numeric NOT NULL,
	"high" numeric NOT NULL,
	"low" numeric NOT NULL,
	"close" numeric NOT NULL,
	"volume" numeric,
	"cumulative" numeric,
	"tick_open" numeric,
	"tick_high" numeric,
	"tick_low" numeric,
	"tick_close" numeric,
	CONSTRAINT "market_data_rollups_pk" PRIMARY KEY("instrument_id","timeframe","ts","source_id","basis"),
	CONSTRAINT "market_data_rollups_prices" CHECK ("market_data_rollups"."low" > 0 and "market_data_rollups"."high" >= "market_data_rollups"."low" and "market_data_rollups"."high" < 'Infinity')
) PARTITION BY RANGE ("ts");
--> statement-breakpoint
CREATE TABLE "rollup_skips" (
	"batch_id" bigint PRIMARY KEY NOT NULL,
	"problem" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
UPDATE "rollup_cursors" SET "name" = 'rollups', "batch_id" = 0 WHERE "name" = 'daily';
