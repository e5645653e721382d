-- Edited by hand: the widths that are shipped.
CREATE TABLE "partition_states" (
	"name" text PRIMARY KEY NOT NULL,
	"table_name" text NOT NULL,
	"from_ts" timestamp with time zone NOT NULL,
	"to_ts" timestamp with time zone NOT NULL,
	"packed_at" timestamp with time zone,
	"packed_bytes" bigint,
	"detached_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "partition_widths" (
	"table_name" text PRIMARY KEY NOT NULL,
	"width" text NOT NULL,
	CONSTRAINT "partition_widths_width" CHECK ("partition_widths"."width" in ('day', 'week', 'month'))
);
--> statement-breakpoint
INSERT INTO "partition_widths" ("table_name", "width") VALUES ('market_data_ticks', 'day'), ('market_data_bars', 'day'), ('market_data_rollups', 'day');
