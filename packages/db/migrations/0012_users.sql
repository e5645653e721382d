CREATE SEQUENCE "public"."edit_versions" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "auth_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth_rate_limits" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"count" integer NOT NULL,
	"last_request" bigint NOT NULL,
	CONSTRAINT "auth_rate_limits_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "auth_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"token" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"user_id" text NOT NULL,
	CONSTRAINT "auth_sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "auth_verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "broker_connections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"provider" text NOT NULL,
	"label" text NOT NULL,
	"is_primary" boolean DEFAULT false NOT NULL,
	"data_tier" text NOT NULL,
	"state" text DEFAULT 'connected' NOT NULL,
	"capabilities" jsonb,
	"probed_at" timestamp with time zone,
	"version" integer DEFAULT nextval('edit_versions')::int NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "broker_connections_user" UNIQUE("user_id","id"),
	CONSTRAINT "broker_connections_state" CHECK ("broker_connections"."state" in ('connected', 'paused'))
);
--> statement-breakpoint
CREATE TABLE "oauth_sign_ins" (
	"state" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"provider" text NOT NULL,
	"connection_id" uuid,
	"label" text NOT NULL,
	"sealed" "bytea",
	"key_id" text,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "oauth_sign_ins_sealed" CHECK (("oauth_sign_ins"."sealed" is null) = ("oauth_sign_ins"."key_id" is null))
);
--> statement-breakpoint
CREATE TABLE "user_data_sources" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"connection_id" uuid NOT NULL,
	"source" text NOT NULL,
	"tier" text NOT NULL,
	"sealed" "bytea",
	"key_id" text,
	"hint" text,
	"expires_at" timestamp with time zone,
	CONSTRAINT "user_data_sources_connection_id_unique" UNIQUE("connection_id"),
	CONSTRAINT "user_data_sources_name" UNIQUE("user_id","source"),
	CONSTRAINT "user_data_sources_sealed" CHECK (("user_data_sources"."sealed" is null) = ("user_data_sources"."key_id" is null))
);
--> statement-breakpoint
CREATE TABLE "user_outages" (
	"user_id" text NOT NULL,
	"source" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "user_outages_user_id_source_pk" PRIMARY KEY("user_id","source")
);
--> statement-breakpoint
CREATE TABLE "user_pins" (
	"user_id" text NOT NULL,
	"instrument_key" text NOT NULL,
	"preference_type" text NOT NULL,
	"source" text NOT NULL,
	"version" integer DEFAULT nextval('edit_versions')::int NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "user_pins_user_id_instrument_key_preference_type_pk" PRIMARY KEY("user_id","instrument_key","preference_type")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"role" text DEFAULT 'member' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email"),
	CONSTRAINT "users_role" CHECK ("users"."role" in ('member', 'operator')),
	CONSTRAINT "users_id" CHECK ("users"."id" <> '')
);
--> statement-breakpoint
ALTER TABLE "provider_calls" ADD COLUMN "user_id" text;--> statement-breakpoint
-- By hand: nobody could sign in before, so these are orders of nobody.
DELETE FROM "user_data_preferences";--> statement-breakpoint
ALTER TABLE "user_data_preferences" ADD COLUMN "version" integer DEFAULT nextval('edit_versions')::int NOT NULL;--> statement-breakpoint
ALTER TABLE "auth_accounts" ADD CONSTRAINT "auth_accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth_sessions" ADD CONSTRAINT "auth_sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "broker_connections" ADD CONSTRAINT "broker_connections_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_sign_ins" ADD CONSTRAINT "oauth_sign_ins_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_sign_ins" ADD CONSTRAINT "oauth_sign_ins_connection" FOREIGN KEY ("user_id","connection_id") REFERENCES "public"."broker_connections"("user_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_data_sources" ADD CONSTRAINT "user_data_sources_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_data_sources" ADD CONSTRAINT "user_data_sources_connection" FOREIGN KEY ("user_id","connection_id") REFERENCES "public"."broker_connections"("user_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_outages" ADD CONSTRAINT "user_outages_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_pins" ADD CONSTRAINT "user_pins_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "auth_accounts_user" ON "auth_accounts" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "auth_sessions_user" ON "auth_sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "auth_verifications_identifier" ON "auth_verifications" USING btree ("identifier");--> statement-breakpoint
CREATE UNIQUE INDEX "broker_connections_primary" ON "broker_connections" USING btree ("user_id") WHERE "broker_connections"."is_primary";--> statement-breakpoint
CREATE INDEX "oauth_sign_ins_user" ON "oauth_sign_ins" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "user_data_sources_key" ON "user_data_sources" USING btree ("key_id");--> statement-breakpoint
ALTER TABLE "user_data_preferences" ADD CONSTRAINT "user_data_preferences_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "provider_calls_user_at" ON "provider_calls" USING btree ("user_id","at") WHERE "provider_calls"."user_id" is not null;--> statement-breakpoint
ALTER TABLE "provider_calls" ADD CONSTRAINT "provider_calls_user" CHECK ("provider_calls"."user_id" <> '');