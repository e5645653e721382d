-- The tape, first part. Written by drizzle-kit from src/schema; edited by hand: PARTITION BY, storage settings, the rows that are
-- shipped. Partitions are made by ensurePartitions, ahead of time, and by writeBatch, on demand.
CREATE TYPE "public"."asset_class" AS ENUM('equity', 'crypto', 'fx', 'index', 'option');--> statement-breakpoint
CREATE TYPE "public"."basis" AS ENUM('raw', 'split', 'total');--> statement-breakpoint
CREATE TYPE "public"."timeframe" AS ENUM('1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo');--> statement-breakpoint
CREATE TABLE "backfill_chunks" (
	"run_id" bigint NOT NULL,
	"seq" integer NOT NULL,
	"instrument_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"from_ts" timestamp with time zone NOT NULL,
	"to_ts" timestamp with time zone NOT NULL,
	"status" text DEFAULT 'planned' NOT NULL,
	"source" text,
	"rows_offered" integer DEFAULT 0 NOT NULL,
	"rows_written" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"lease_until" timestamp with time zone,
	"worker" text,
	CONSTRAINT "backfill_chunks_run_id_seq_pk" PRIMARY KEY("run_id","seq"),
	CONSTRAINT "backfill_chunks_status" CHECK ("backfill_chunks"."status" in ('planned', 'running', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "backfill_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "backfill_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"days" integer NOT NULL,
	"symbols" text[],
	"from_ts" timestamp with time zone NOT NULL,
	"to_ts" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "backfill_runs_status" CHECK ("backfill_runs"."status" in ('running', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "corporate_actions" (
	"instrument_id" integer NOT NULL,
	"kind" text NOT NULL,
	"ex_date" date NOT NULL,
	"source_id" smallint NOT NULL,
	"ratio" numeric,
	"amount" numeric,
	"currency" text,
	"note" text,
	CONSTRAINT "corporate_actions_instrument_id_kind_ex_date_source_id_pk" PRIMARY KEY("instrument_id","kind","ex_date","source_id")
);
--> statement-breakpoint
CREATE TABLE "daemon_heartbeats" (
	"instance_id" text PRIMARY KEY NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"beat_at" timestamp with time zone NOT NULL,
	"market_at" timestamp with time zone NOT NULL,
	"detail" jsonb
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"detail" jsonb
);
--> statement-breakpoint
CREATE TABLE "instrument_symbols" (
	"instrument_id" integer NOT NULL,
	"provider" text DEFAULT '*' NOT NULL,
	"asset_class" "asset_class" NOT NULL,
	"symbol" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	CONSTRAINT "instrument_symbols_key" UNIQUE NULLS NOT DISTINCT("instrument_id","provider","symbol","valid_from")
);
--> statement-breakpoint
CREATE TABLE "instruments" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "instruments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"asset_class" "asset_class" NOT NULL,
	"symbol" text NOT NULL,
	"name" text,
	"currency" text NOT NULL,
	"listing_type" text,
	"listed_on" date,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "instruments_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "market_clock_shifts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "market_clock_shifts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"shift_us" bigint NOT NULL,
	"from_ts" timestamp with time zone NOT NULL,
	"to_ts" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "market_data_bars" (
	"ts" timestamp with time zone NOT NULL,
	"write_id" bigint NOT NULL,
	"instrument_id" integer NOT NULL,
	"timeframe" timeframe NOT NULL,
	"basis" "basis" NOT NULL,
	"source_id" smallint NOT NULL,
	"final" boolean NOT NULL,
	"open" numeric NOT NULL,
	"high" numeric NOT NULL,
	"low" numeric NOT NULL,
	"close" numeric NOT NULL,
	"volume" numeric,
	CONSTRAINT "market_data_bars_instrument_id_timeframe_ts_source_id_pk" PRIMARY KEY("instrument_id","timeframe","ts","source_id"),
	CONSTRAINT "market_data_bars_prices" CHECK ("market_data_bars"."low" > 0 and "market_data_bars"."high" >= "market_data_bars"."low" and "market_data_bars"."high" < 'Infinity')
) PARTITION BY RANGE ("ts");
--> statement-breakpoint
CREATE TABLE "market_data_daily" (
	"instrument_id" integer NOT NULL,
	"session_date" date NOT NULL,
	"source_id" smallint NOT NULL,
	"settled" boolean NOT NULL,
	"basis" "basis" NOT NULL,
	"write_id" bigint NOT NULL,
	"open_ts" timestamp with time zone,
	"close_ts" timestamp with time zone,
	"open" numeric NOT NULL,
	"high" numeric NOT NULL,
	"low" numeric NOT NULL,
	"close" numeric NOT NULL,
	"volume" numeric,
	CONSTRAINT "market_data_daily_instrument_id_session_date_source_id_basis_pk" PRIMARY KEY("instrument_id","session_date","source_id","basis"),
	CONSTRAINT "market_data_daily_prices" CHECK ("market_data_daily"."low" > 0 and "market_data_daily"."high" >= "market_data_daily"."low" and "market_data_daily"."high" < 'Infinity')
) WITH (fillfactor = 75);
--> statement-breakpoint
CREATE TABLE "market_data_latest" (
	"instrument_id" integer PRIMARY KEY NOT NULL,
	"ts" timestamp with time zone NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL,
	"write_id" bigint NOT NULL,
	"source_id" smallint NOT NULL,
	"delayed_minutes" smallint NOT NULL,
	"session_date" date NOT NULL,
	"last" numeric NOT NULL,
	"bid" numeric,
	"ask" numeric,
	"bid_size" numeric,
	"ask_size" numeric,
	"day_open" numeric,
	"day_high" numeric,
	"day_low" numeric,
	"day_close" numeric,
	"volume" numeric,
	"previous_close" numeric,
	"feed" text NOT NULL,
	"ts_origin" text NOT NULL,
	CONSTRAINT "market_data_latest_last" CHECK ("market_data_latest"."last" > 0 and "market_data_latest"."last" < 'Infinity')
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
CREATE TABLE "market_data_restatements" (
	"instrument_id" integer NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "market_data_restatements_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source_id" smallint NOT NULL,
	"what" text NOT NULL,
	"timeframe" timeframe,
	"ts" timestamp with time zone,
	"session_date" date,
	"basis" "basis",
	"old" jsonb NOT NULL,
	"new" jsonb NOT NULL,
	"write_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "market_data_restatements_instrument_id_id_pk" PRIMARY KEY("instrument_id","id"),
	CONSTRAINT "market_data_restatements_when" CHECK (("market_data_restatements"."ts" is null) <> ("market_data_restatements"."session_date" is null))
);
--> statement-breakpoint
CREATE TABLE "market_data_sync" (
	"environment" text NOT NULL,
	"scope" text NOT NULL,
	"last_sync" timestamp with time zone,
	"next_sync" timestamp with time zone,
	"status" text NOT NULL,
	"rows_behind" bigint,
	"seconds_behind" numeric,
	"detail" jsonb,
	CONSTRAINT "market_data_sync_environment_scope_pk" PRIMARY KEY("environment","scope")
);
--> statement-breakpoint
CREATE TABLE "market_data_ticks" (
	"ts" timestamp with time zone NOT NULL,
	"write_id" bigint NOT NULL,
	"instrument_id" integer NOT NULL,
	"source_id" smallint NOT NULL,
	"price" numeric NOT NULL,
	"volume" numeric,
	CONSTRAINT "market_data_ticks_instrument_id_ts_source_id_pk" PRIMARY KEY("instrument_id","ts","source_id"),
	CONSTRAINT "market_data_ticks_price" CHECK ("market_data_ticks"."price" > 0 and "market_data_ticks"."price" < 'Infinity')
) PARTITION BY RANGE ("ts");
--> statement-breakpoint
CREATE TABLE "quality_findings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "quality_findings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"instrument_id" integer,
	"symbol" text NOT NULL,
	"source_id" smallint NOT NULL,
	"ts" timestamp with time zone,
	"evidence" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rollup_cursors" (
	"name" text PRIMARY KEY NOT NULL,
	"batch_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"id" smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sources_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 32767 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	CONSTRAINT "sources_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "tape_batches" (
	"write_id" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "tape_batches_write_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" bigint,
	"kind" text NOT NULL,
	"source_id" smallint NOT NULL,
	"feed" text NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL,
	"min_ts" timestamp with time zone,
	"max_ts" timestamp with time zone,
	"rows_offered" integer NOT NULL,
	"rows_written" integer NOT NULL,
	"events_written" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tape_batches_id" UNIQUE("id"),
	CONSTRAINT "tape_batches_kind" CHECK ("tape_batches"."kind" in ('ticks', 'bars', 'daily', 'import'))
);
--> statement-breakpoint
CREATE TABLE "tape_environment" (
	"only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"mode" text NOT NULL,
	"environment_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tape_environment_only_row" CHECK ("tape_environment"."only_row"),
	CONSTRAINT "tape_environment_mode" CHECK ("tape_environment"."mode" in ('demo', 'live'))
);
--> statement-breakpoint
CREATE TABLE "universe_members" (
	"tier" text NOT NULL,
	"instrument_id" integer NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "universe_members_tier_instrument_id_pk" PRIMARY KEY("tier","instrument_id")
);
--> statement-breakpoint
CREATE TABLE "universe_tiers" (
	"name" text PRIMARY KEY NOT NULL,
	"frequency_s" integer NOT NULL,
	"priority" smallint NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
ALTER TABLE "backfill_chunks" ADD CONSTRAINT "backfill_chunks_run_id_backfill_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."backfill_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "corporate_actions" ADD CONSTRAINT "corporate_actions_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "corporate_actions" ADD CONSTRAINT "corporate_actions_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instrument_symbols" ADD CONSTRAINT "instrument_symbols_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quality_findings" ADD CONSTRAINT "quality_findings_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tape_batches" ADD CONSTRAINT "tape_batches_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "universe_members" ADD CONSTRAINT "universe_members_tier_universe_tiers_name_fk" FOREIGN KEY ("tier") REFERENCES "public"."universe_tiers"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "universe_members" ADD CONSTRAINT "universe_members_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "backfill_chunks_open" ON "backfill_chunks" USING btree ("run_id","seq") WHERE "backfill_chunks"."status" in ('planned', 'running');--> statement-breakpoint
CREATE INDEX "backfill_runs_running" ON "backfill_runs" USING btree ("days") WHERE "backfill_runs"."status" = 'running';--> statement-breakpoint
CREATE INDEX "events_at" ON "events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "instrument_symbols_symbol" ON "instrument_symbols" USING btree ("symbol" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "instruments_symbol" ON "instruments" USING btree ("symbol" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "market_data_bars_write_id" ON "market_data_bars" USING brin ("write_id") WITH (pages_per_range=32,autosummarize=true);--> statement-breakpoint
CREATE INDEX "market_data_ticks_ts" ON "market_data_ticks" USING brin ("ts") WITH (pages_per_range=32,autosummarize=true);--> statement-breakpoint
CREATE INDEX "market_data_ticks_write_id" ON "market_data_ticks" USING brin ("write_id") WITH (pages_per_range=32,autosummarize=true);--> statement-breakpoint
CREATE UNIQUE INDEX "quality_findings_once" ON "quality_findings" USING btree ("symbol","kind","source_id",coalesce("ts", '-infinity'::timestamptz),md5("evidence"::text));--> statement-breakpoint
CREATE INDEX "quality_findings_at" ON "quality_findings" USING btree ("at");--> statement-breakpoint
CREATE INDEX "tape_batches_open" ON "tape_batches" USING btree ("write_id") WHERE "tape_batches"."id" is null;--> statement-breakpoint
CREATE INDEX "universe_members_instrument" ON "universe_members" USING btree ("instrument_id");--> statement-breakpoint
INSERT INTO "universe_tiers" ("name", "frequency_s", "priority") VALUES
	('user_watchlist', 60, 1),
	('core', 60, 2),
	('sp500', 300, 3),
	('russell3000', 900, 4),
	('full_universe', 3600, 5);
--> statement-breakpoint
INSERT INTO "rollup_cursors" ("name", "batch_id") VALUES ('daily', 0);
