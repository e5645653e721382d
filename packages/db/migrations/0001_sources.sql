CREATE TABLE "budget_buckets" (
	"credential" text NOT NULL,
	"scope" text NOT NULL,
	"window_ms" integer NOT NULL,
	"bucket" bigint NOT NULL,
	"weight" integer NOT NULL,
	CONSTRAINT "budget_buckets_credential_scope_window_ms_bucket_pk" PRIMARY KEY("credential","scope","window_ms","bucket")
);
--> statement-breakpoint
CREATE TABLE "budget_holds" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "budget_holds_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"credential" text NOT NULL,
	"scope" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "budget_limits" (
	"credential" text NOT NULL,
	"scope" text NOT NULL,
	"kind" text NOT NULL,
	"window_ms" integer NOT NULL,
	"calls" integer NOT NULL,
	"learned" boolean DEFAULT false NOT NULL,
	CONSTRAINT "budget_limits_credential_scope_kind_window_ms_pk" PRIMARY KEY("credential","scope","kind","window_ms")
);
--> statement-breakpoint
CREATE TABLE "budget_scopes" (
	"credential" text NOT NULL,
	"scope" text NOT NULL,
	"blocked_until" timestamp with time zone,
	"guard_ms" double precision DEFAULT 25 NOT NULL,
	"asked_user" timestamp with time zone,
	"asked_live" timestamp with time zone,
	"asked_repair" timestamp with time zone,
	"refused" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "budget_scopes_credential_scope_pk" PRIMARY KEY("credential","scope")
);
--> statement-breakpoint
CREATE TABLE "provider_calls" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "provider_calls_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"priority" text NOT NULL,
	"scope" text NOT NULL,
	"what" text NOT NULL,
	"outcome" text NOT NULL,
	"status" integer,
	"latency_ms" double precision NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_health" (
	"source" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"failures" integer NOT NULL,
	"opened_at" timestamp with time zone,
	"retry_at" timestamp with time zone,
	"last_ok_at" timestamp with time zone,
	"last_failed_at" timestamp with time zone,
	"last_error_kind" text,
	"last_error_message" text,
	"latency_ms" double precision,
	"probe_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "user_data_preferences" (
	"user_id" text NOT NULL,
	"preference_type" text NOT NULL,
	"asset_class" text DEFAULT 'all' NOT NULL,
	"primary_source" text NOT NULL,
	"fallback_sources" text[] NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "user_data_preferences_user_id_preference_type_asset_class_pk" PRIMARY KEY("user_id","preference_type","asset_class")
);
--> statement-breakpoint
ALTER TABLE "tape_batches" ADD COLUMN "attempts" jsonb;--> statement-breakpoint
CREATE INDEX "budget_holds_scope" ON "budget_holds" USING btree ("credential","scope");--> statement-breakpoint
CREATE INDEX "provider_calls_source_at" ON "provider_calls" USING btree ("source","at");--> statement-breakpoint
CREATE INDEX "provider_calls_at" ON "provider_calls" USING btree ("at");--> statement-breakpoint
-- The budgets' clock. A replay or a simulated week replaces this one function and nothing else.
CREATE FUNCTION budget_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() $$;
--> statement-breakpoint
-- How long an asker is remembered: a minute, or three windows.
CREATE FUNCTION budget_lately(p_window_ms integer) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
	SELECT make_interval(secs => greatest(60, 3 * p_window_ms / 1000.0))
$$;
--> statement-breakpoint
-- How many calls of a limit a priority leaves to those before it. Repair and backfill always leave a user something;
-- live does where a user asked lately, and so do live and repair find room with those behind them.
CREATE FUNCTION budget_reserve(
	p_calls integer, p_window_ms integer, p_priority text, s budget_scopes, p_now timestamptz
) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	SELECT (CASE WHEN p_priority = 'user' OR p_calls < 5
			OR (p_priority = 'live' AND coalesce(s.asked_user <= p_now - budget_lately(p_window_ms), true))
			THEN 0 ELSE greatest(1, p_calls / 50) END)
		+ (CASE WHEN p_priority IN ('repair', 'backfill') AND s.asked_live > p_now - budget_lately(p_window_ms)
			THEN p_calls / 5 ELSE 0 END)
		+ (CASE WHEN p_priority = 'backfill' AND s.asked_repair > p_now - budget_lately(p_window_ms)
			THEN p_calls / 10 ELSE 0 END)
$$;
--> statement-breakpoint
-- The guard of a window: never shorter than half a percent of it, never longer than a tenth.
CREATE FUNCTION budget_guard_ms(p_guard_ms double precision, p_window_ms integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
	SELECT least(greatest(p_guard_ms, p_window_ms * 0.005), p_window_ms * 0.1)
$$;
--> statement-breakpoint
-- First bucket that still counts at p_now. A window is cut into hundredths; the oldest counts whole, so that what is
-- granted never exceeds the limit in any window of the vendor's, wherever that begins.
CREATE FUNCTION budget_first_bucket(p_window_ms integer, p_guard_ms double precision, p_now timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
	SELECT floor((extract(epoch FROM p_now)::double precision * 1000 - p_window_ms - budget_guard_ms(p_guard_ms, p_window_ms)) / (p_window_ms / 100.0))::bigint
$$;
--> statement-breakpoint
-- Takes a weight from a scope's budget, or says when to come back. The one place that decides; all processes meet here,
-- queued on the scope's row, and the clock is read only after the queue. A scope without limits grants everything.
CREATE FUNCTION budget_take(
	p_credential text, p_scope text, p_weight integer, p_priority text, p_hold_ms integer,
	OUT granted boolean, OUT retry_after_ms double precision, OUT denied_by text, OUT hold_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
	s budget_scopes%ROWTYPE;
	l budget_limits%ROWTYPE;
	t timestamptz;
	used bigint;
	room bigint;
	first_bucket bigint;
	wait_ms double precision;
	concurrent boolean := false;
BEGIN
	-- A spend that a crash of the server forgets is at most the last instants' and the guard covers it.
	PERFORM set_config('synchronous_commit', 'off', true);
	SELECT * INTO s FROM budget_scopes b WHERE b.credential = p_credential AND b.scope = p_scope FOR UPDATE;
	IF NOT FOUND THEN
		INSERT INTO budget_scopes (credential, scope) VALUES (p_credential, p_scope) ON CONFLICT DO NOTHING;
		SELECT * INTO s FROM budget_scopes b WHERE b.credential = p_credential AND b.scope = p_scope FOR UPDATE;
	END IF;
	t := budget_clock();
	granted := true;
	retry_after_ms := 0;
	IF s.blocked_until > t THEN
		granted := false;
		retry_after_ms := extract(epoch FROM s.blocked_until - t) * 1000;
		denied_by := 'the vendor asked to wait';
	END IF;
	FOR l IN SELECT * FROM budget_limits b WHERE b.credential = p_credential AND b.scope = p_scope ORDER BY b.window_ms LOOP
		room := l.calls - budget_reserve(l.calls, l.window_ms, p_priority, s, t);
		wait_ms := NULL;
		IF l.kind = 'concurrent' THEN
			concurrent := true;
			DELETE FROM budget_holds h WHERE h.credential = p_credential AND h.scope = p_scope AND h.expires_at <= t;
			SELECT count(*) INTO used FROM budget_holds h WHERE h.credential = p_credential AND h.scope = p_scope;
			IF used + 1 > room THEN wait_ms := 250; END IF;
		ELSE
			first_bucket := budget_first_bucket(l.window_ms, s.guard_ms, t);
			DELETE FROM budget_buckets b WHERE b.credential = p_credential AND b.scope = p_scope AND b.window_ms = l.window_ms AND b.bucket < first_bucket;
			SELECT coalesce(sum(b.weight), 0) INTO used FROM budget_buckets b
				WHERE b.credential = p_credential AND b.scope = p_scope AND b.window_ms = l.window_ms;
			IF used + p_weight > room THEN
				SELECT min((f.bucket + 1) * (l.window_ms / 100.0)) + l.window_ms + budget_guard_ms(s.guard_ms, l.window_ms)
						- extract(epoch FROM t)::double precision * 1000
					INTO wait_ms
					FROM (SELECT b.bucket, sum(b.weight) OVER (ORDER BY b.bucket) AS freed FROM budget_buckets b
						WHERE b.credential = p_credential AND b.scope = p_scope AND b.window_ms = l.window_ms) f
					WHERE used - f.freed + p_weight <= room;
				wait_ms := greatest(coalesce(wait_ms, l.window_ms), 1);
			END IF;
		END IF;
		IF wait_ms IS NOT NULL THEN
			granted := false;
			IF wait_ms >= retry_after_ms THEN
				retry_after_ms := wait_ms;
				denied_by := CASE l.kind WHEN 'concurrent' THEN l.calls || ' at a time'
					ELSE l.calls || ' per ' || CASE WHEN l.window_ms % 86400000 = 0 AND l.window_ms > 0 THEN (l.window_ms / 86400000) || ' d'
						WHEN l.window_ms % 60000 = 0 THEN (l.window_ms / 60000) || ' min' ELSE (l.window_ms / 1000.0)::float || ' s' END END
					|| CASE WHEN room < l.calls THEN ', of which ' || room || ' for ' || p_priority ELSE '' END;
			END IF;
		END IF;
	END LOOP;
	UPDATE budget_scopes b SET
		asked_user = CASE WHEN p_priority = 'user' THEN t ELSE b.asked_user END,
		asked_live = CASE WHEN p_priority = 'live' THEN t ELSE b.asked_live END,
		asked_repair = CASE WHEN p_priority = 'repair' THEN t ELSE b.asked_repair END
		WHERE b.credential = p_credential AND b.scope = p_scope;
	IF NOT granted THEN RETURN; END IF;
	INSERT INTO budget_buckets (credential, scope, window_ms, bucket, weight)
		SELECT p_credential, p_scope, b.window_ms, floor(extract(epoch FROM t)::double precision * 1000 / (b.window_ms / 100.0))::bigint, p_weight
		FROM budget_limits b WHERE b.credential = p_credential AND b.scope = p_scope AND b.kind = 'window'
		ON CONFLICT ON CONSTRAINT budget_buckets_credential_scope_window_ms_bucket_pk DO UPDATE SET weight = budget_buckets.weight + excluded.weight;
	IF concurrent THEN
		INSERT INTO budget_holds (credential, scope, expires_at) VALUES (p_credential, p_scope, t + make_interval(secs => p_hold_ms / 1000.0)) RETURNING id INTO hold_id;
	END IF;
END
$$;
--> statement-breakpoint
-- What the vendor's answers teach: a refusal blocks the scope and widens its guard; its own counters correct the limit
-- and add what others spent on the same credential.
CREATE FUNCTION budget_learn(
	p_credential text, p_scope text, p_blocked_ms double precision, p_limit integer, p_remaining integer, p_reset_ms double precision
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s budget_scopes%ROWTYPE;
	l budget_limits%ROWTYPE;
	t timestamptz;
	width double precision;
	ours bigint;
BEGIN
	INSERT INTO budget_scopes (credential, scope) VALUES (p_credential, p_scope) ON CONFLICT DO NOTHING;
	SELECT * INTO s FROM budget_scopes b WHERE b.credential = p_credential AND b.scope = p_scope FOR UPDATE;
	t := budget_clock();
	IF p_blocked_ms IS NOT NULL THEN
		UPDATE budget_scopes b SET
			blocked_until = greatest(coalesce(b.blocked_until, t), t + make_interval(secs => p_blocked_ms / 1000.0)),
			guard_ms = least(b.guard_ms + 25, 60000), refused = b.refused + 1
			WHERE b.credential = p_credential AND b.scope = p_scope;
	END IF;
	IF p_limit IS NULL OR p_limit < 1 THEN RETURN; END IF;
	SELECT * INTO l FROM budget_limits b WHERE b.credential = p_credential AND b.scope = p_scope AND b.kind = 'window'
		ORDER BY (b.window_ms >= coalesce(p_reset_ms, 0)) DESC, b.window_ms LIMIT 1;
	IF NOT FOUND THEN RETURN; END IF;
	IF l.calls <> p_limit THEN
		UPDATE budget_limits b SET calls = p_limit, learned = true
			WHERE b.credential = p_credential AND b.scope = p_scope AND b.kind = 'window' AND b.window_ms = l.window_ms;
	END IF;
	IF p_remaining IS NULL OR p_reset_ms IS NULL OR p_reset_ms > l.window_ms OR p_reset_ms < 0 THEN RETURN; END IF;
	width := l.window_ms / 100.0;
	-- The vendor's window began this long ago; what we spent in it, whole buckets.
	SELECT coalesce(sum(b.weight), 0) INTO ours FROM budget_buckets b
		WHERE b.credential = p_credential AND b.scope = p_scope AND b.window_ms = l.window_ms
			AND b.bucket >= floor((extract(epoch FROM t)::double precision * 1000 - (l.window_ms - p_reset_ms)) / width)::bigint - 1;
	IF p_limit - p_remaining > ours THEN
		INSERT INTO budget_buckets (credential, scope, window_ms, bucket, weight)
			VALUES (p_credential, p_scope, l.window_ms, floor(extract(epoch FROM t)::double precision * 1000 / width)::bigint, (p_limit - p_remaining - ours)::integer)
			ON CONFLICT ON CONSTRAINT budget_buckets_credential_scope_window_ms_bucket_pk DO UPDATE SET weight = budget_buckets.weight + excluded.weight;
	END IF;
END
$$;
--> statement-breakpoint
-- What is used and left of every limit; spends nothing. `room_*` are the calls that a priority could make now.
CREATE FUNCTION budget_usage()
RETURNS TABLE (credential text, scope text, kind text, window_ms integer, calls integer, learned boolean, used bigint,
	room_user bigint, room_live bigint, room_repair bigint, room_backfill bigint, blocked_until timestamptz, frees_at timestamptz, refused integer)
LANGUAGE sql VOLATILE AS $$
	WITH now_ AS (SELECT budget_clock() AS t),
	spent AS (
		SELECT l.*, s.blocked_until, s.refused, s.guard_ms, s, n.t,
			CASE l.kind
				WHEN 'concurrent' THEN (SELECT count(*) FROM budget_holds h WHERE h.credential = l.credential AND h.scope = l.scope AND h.expires_at > n.t)
				ELSE (SELECT coalesce(sum(b.weight), 0) FROM budget_buckets b WHERE b.credential = l.credential AND b.scope = l.scope
					AND b.window_ms = l.window_ms AND b.bucket >= budget_first_bucket(l.window_ms, s.guard_ms, n.t))
			END AS used,
			CASE l.kind WHEN 'window' THEN (SELECT min(b.bucket) FROM budget_buckets b WHERE b.credential = l.credential AND b.scope = l.scope
				AND b.window_ms = l.window_ms AND b.bucket >= budget_first_bucket(l.window_ms, s.guard_ms, n.t)) END AS oldest
		FROM budget_limits l JOIN budget_scopes s ON s.credential = l.credential AND s.scope = l.scope, now_ n
	)
	SELECT x.credential, x.scope, x.kind, x.window_ms, x.calls, x.learned, x.used::bigint,
		x.calls - x.used - budget_reserve(x.calls, x.window_ms, 'user', x.s, x.t),
		x.calls - x.used - budget_reserve(x.calls, x.window_ms, 'live', x.s, x.t),
		x.calls - x.used - budget_reserve(x.calls, x.window_ms, 'repair', x.s, x.t),
		x.calls - x.used - budget_reserve(x.calls, x.window_ms, 'backfill', x.s, x.t),
		CASE WHEN x.blocked_until > x.t THEN x.blocked_until END,
		CASE WHEN x.oldest IS NOT NULL THEN to_timestamp(((x.oldest + 1) * (x.window_ms / 100.0) + x.window_ms + budget_guard_ms(x.guard_ms, x.window_ms)) / 1000.0) END,
		x.refused
	FROM spent x ORDER BY x.credential, x.scope, x.kind, x.window_ms
$$;
