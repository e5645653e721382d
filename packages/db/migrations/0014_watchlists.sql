CREATE TABLE "watched_symbols" (
	"lease_id" uuid PRIMARY KEY NOT NULL,
	"instrument_ids" integer[] NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "watchlist_items" (
	"watchlist_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"instrument_id" integer NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "watchlist_items_watchlist_id_instrument_id_pk" PRIMARY KEY("watchlist_id","instrument_id")
);
--> statement-breakpoint
CREATE TABLE "watchlists" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"position" integer NOT NULL,
	"version" integer DEFAULT nextval('edit_versions')::int NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "watchlists_user" UNIQUE("user_id","id")
);
--> statement-breakpoint
ALTER TABLE "watchlist_items" ADD CONSTRAINT "watchlist_items_instrument_id_instruments_id_fk" FOREIGN KEY ("instrument_id") REFERENCES "public"."instruments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watchlist_items" ADD CONSTRAINT "watchlist_items_list" FOREIGN KEY ("user_id","watchlist_id") REFERENCES "public"."watchlists"("user_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watchlists" ADD CONSTRAINT "watchlists_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "watchlist_items_user" ON "watchlist_items" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "watchlists_name" ON "watchlists" USING btree ("user_id",lower("name"));--> statement-breakpoint
-- By hand: a list is seen by its owner alone. Which instruments are watched says nothing of anybody, and stands open.
ALTER TABLE "watchlists" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "watchlists" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "watchlists_own" ON "watchlists" TO onetape_api USING (user_id = onetape_user_id()) WITH CHECK (user_id = onetape_user_id());
--> statement-breakpoint
ALTER TABLE "watchlist_items" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "watchlist_items" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "watchlist_items_own" ON "watchlist_items" TO onetape_api USING (user_id = onetape_user_id()) WITH CHECK (user_id = onetape_user_id());
