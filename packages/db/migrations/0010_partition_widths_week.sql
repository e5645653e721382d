-- By hand: charts read a year of bars and roll-ups, and the planner looks at every partition of it.
UPDATE "partition_widths" SET "width" = 'week' WHERE "table_name" IN ('market_data_bars', 'market_data_rollups') AND "width" = 'day';
