CREATE TABLE "missed_slots" (
	"tier" text NOT NULL,
	"asset_class" "asset_class" NOT NULL,
	"from_at" timestamp with time zone NOT NULL,
	"to_at" timestamp with time zone NOT NULL,
	"frequency_s" integer NOT NULL,
	"slots" integer NOT NULL,
	"reason" text NOT NULL,
	"noted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "missed_slots_tier_asset_class_from_at_pk" PRIMARY KEY("tier","asset_class","from_at"),
	CONSTRAINT "missed_slots_reason" CHECK ("missed_slots"."reason" in ('down', 'vendor', 'budget', 'busy', 'tape'))
);
--> statement-breakpoint
CREATE TABLE "sweep_slots" (
	"tier" text NOT NULL,
	"asset_class" "asset_class" NOT NULL,
	"slot_at" timestamp with time zone NOT NULL,
	"frequency_s" integer NOT NULL,
	"claimed_by" text NOT NULL,
	"claimed_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"attempts" smallint DEFAULT 1 NOT NULL,
	"problem" text,
	"swept_at" timestamp with time zone,
	"served_at" timestamp with time zone,
	"interval_us" bigint,
	"asked" integer DEFAULT 0 NOT NULL,
	"accepted" integer DEFAULT 0 NOT NULL,
	"missing" integer DEFAULT 0 NOT NULL,
	"delayed_minutes" smallint DEFAULT 0 NOT NULL,
	CONSTRAINT "sweep_slots_tier_asset_class_slot_at_pk" PRIMARY KEY("tier","asset_class","slot_at")
);
--> statement-breakpoint
CREATE TABLE "tier_cadence" (
	"tier" text NOT NULL,
	"asset_class" "asset_class" NOT NULL,
	"hour_at" timestamp with time zone NOT NULL,
	"frequency_s" integer NOT NULL,
	"served" integer DEFAULT 0 NOT NULL,
	"partial" integer DEFAULT 0 NOT NULL,
	"missed" integer DEFAULT 0 NOT NULL,
	"interval_median_ms" double precision,
	"interval_max_ms" double precision,
	"late_median_ms" double precision,
	"late_max_ms" double precision,
	CONSTRAINT "tier_cadence_tier_asset_class_hour_at_pk" PRIMARY KEY("tier","asset_class","hour_at")
);
