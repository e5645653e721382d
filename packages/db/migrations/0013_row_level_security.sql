-- By hand: what is a user's is seen by nobody else, whatever is asked. FORCE, for the owner is held too where he is no
-- superuser. The roles are made before any migration (roles.ts); what they may touch at all is in grants.ts.
-- Whose rows a transaction may see; null where nobody is set, or where the setting is left empty by an earlier one.
CREATE FUNCTION onetape_user_id() RETURNS text LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('onetape.user_id', true), '') $$;
--> statement-breakpoint
ALTER TABLE "broker_connections" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "broker_connections" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "broker_connections_own" ON "broker_connections" TO onetape_api USING (user_id = onetape_user_id()) WITH CHECK (user_id = onetape_user_id());
--> statement-breakpoint
ALTER TABLE "user_data_sources" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "user_data_sources" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "user_data_sources_own" ON "user_data_sources" TO onetape_api USING (user_id = onetape_user_id()) WITH CHECK (user_id = onetape_user_id());
--> statement-breakpoint
ALTER TABLE "user_data_preferences" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "user_data_preferences" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "user_data_preferences_own" ON "user_data_preferences" TO onetape_api USING (user_id = onetape_user_id()) WITH CHECK (user_id = onetape_user_id());
--> statement-breakpoint
ALTER TABLE "user_pins" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "user_pins" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "user_pins_own" ON "user_pins" TO onetape_api USING (user_id = onetape_user_id()) WITH CHECK (user_id = onetape_user_id());
--> statement-breakpoint
ALTER TABLE "user_outages" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "user_outages" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "user_outages_own" ON "user_outages" TO onetape_api USING (user_id = onetape_user_id()) WITH CHECK (user_id = onetape_user_id());
--> statement-breakpoint
ALTER TABLE "oauth_sign_ins" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "oauth_sign_ins" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "oauth_sign_ins_own" ON "oauth_sign_ins" TO onetape_api USING (user_id = onetape_user_id()) WITH CHECK (user_id = onetape_user_id());
--> statement-breakpoint
-- A change of keys: what is sealed, and no more of it than the daemon's grants name.
CREATE POLICY "user_data_sources_keys_read" ON "user_data_sources" FOR SELECT TO onetape_daemon USING (sealed IS NOT NULL);
--> statement-breakpoint
CREATE POLICY "user_data_sources_keys_changed" ON "user_data_sources" FOR UPDATE TO onetape_daemon USING (sealed IS NOT NULL) WITH CHECK (sealed IS NOT NULL);
--> statement-breakpoint
ALTER TABLE "provider_calls" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "provider_calls" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- The house's calls are everybody's to see, a user's his own.
CREATE POLICY "provider_calls_house_and_own" ON "provider_calls" TO onetape_api
	USING (user_id IS NULL OR user_id = onetape_user_id()) WITH CHECK (user_id IS NULL OR user_id = onetape_user_id());
--> statement-breakpoint
-- The daemon asks for the house alone, and forgets what is old of all.
CREATE POLICY "provider_calls_forgotten" ON "provider_calls" TO onetape_daemon USING (true) WITH CHECK (user_id IS NULL);
