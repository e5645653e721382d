CREATE TABLE "data_gaps" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "data_gaps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tier" text,
	"asset_class" "asset_class" NOT NULL,
	"instrument_id" integer,
	"timeframe" timeframe NOT NULL,
	"from_ts" timestamp with time zone NOT NULL,
	"to_ts" timestamp with time zone NOT NULL,
	"why" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"reason" text,
	"found_at" timestamp with time zone NOT NULL,
	"slots" integer NOT NULL,
	"instruments_to" integer,
	"run_id" bigint,
	"pieces_total" integer DEFAULT 0 NOT NULL,
	"pieces_done" integer DEFAULT 0 NOT NULL,
	"pieces_failed" integer DEFAULT 0 NOT NULL,
	"rows_written" bigint DEFAULT 0 NOT NULL,
	"calls" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"not_before" timestamp with time zone,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "data_gaps_why" CHECK ("data_gaps"."why" in ('daemon_down', 'restart', 'vendor_failing', 'budget', 'mute', 'clock_jump')),
	CONSTRAINT "data_gaps_state" CHECK ("data_gaps"."state" in ('open', 'filling', 'filled', 'unfillable', 'no_data')),
	CONSTRAINT "data_gaps_span" CHECK ("data_gaps"."from_ts" < "data_gaps"."to_ts")
);
--> statement-breakpoint
CREATE TABLE "gap_scans" (
	"tier" text NOT NULL,
	"asset_class" "asset_class" NOT NULL,
	"judged_to" timestamp with time zone NOT NULL,
	"instruments_to" integer NOT NULL,
	CONSTRAINT "gap_scans_tier_asset_class_pk" PRIMARY KEY("tier","asset_class")
);
--> statement-breakpoint
ALTER TABLE "data_gaps" ADD CONSTRAINT "data_gaps_run_id_backfill_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."backfill_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "data_gaps_wanted" ON "data_gaps" USING btree ("from_ts") WHERE "data_gaps"."state" in ('open', 'filling');--> statement-breakpoint
CREATE INDEX "data_gaps_scope" ON "data_gaps" USING btree ("asset_class","tier","to_ts");--> statement-breakpoint
CREATE INDEX "data_gaps_run" ON "data_gaps" USING btree ("run_id");