namespace InterfaceEngine.Store.Postgres;

/// <content>Files of rows. What is meant stands at the embedded store.</content>
internal static partial class PostgresSchema
{
    private const string FileRuns = """
        CREATE TABLE file_runs (
            run_id          bigint NOT NULL,
            practice_id     text   NOT NULL,
            source          text   NOT NULL,
            kind            text   NOT NULL,
            content         bytea  NOT NULL,
            size            bigint NOT NULL,
            rows            bigint NOT NULL,
            event_at        bigint NOT NULL,
            received_at     bigint NOT NULL,
            ended_at        bigint,
            state           text   NOT NULL CHECK (state IN ('running', 'done', 'held', 'released', 'refused', 'discarded', 'known', 'undone')),
            is_wanted_again bigint NOT NULL DEFAULT 0 CHECK (is_wanted_again IN (0, 1)),
            position        bigint NOT NULL CHECK (position >= 0),
            pending         text   NOT NULL CHECK (pending = '' OR state IN ('running', 'refused', 'discarded')),
            created         bigint NOT NULL DEFAULT 0,
            updated         bigint NOT NULL DEFAULT 0,
            unchanged       bigint NOT NULL DEFAULT 0,
            confirmed       bigint NOT NULL DEFAULT 0,
            refused         bigint NOT NULL DEFAULT 0,
            held            bigint NOT NULL DEFAULT 0,
            parked          bigint NOT NULL DEFAULT 0,
            duplicate       bigint NOT NULL DEFAULT 0,
            key_version     bigint NOT NULL,
            detail          bytea  NOT NULL,
            PRIMARY KEY (practice_id, run_id),
            CHECK ((state = 'running') = (ended_at IS NULL)));
        ALTER TABLE file_runs ALTER detail SET STORAGE EXTERNAL;
        -- For people, who name a run without its practice.
        CREATE INDEX file_runs_by_id ON file_runs (run_id);
        CREATE INDEX file_runs_of_content ON file_runs (practice_id, source, content);
        CREATE INDEX file_runs_unbalanced ON file_runs (run_id)
            WHERE state IN ('done', 'undone') AND rows <> created + updated + unchanged + confirmed + refused + held + parked + duplicate;

        CREATE TABLE confirmed_rows (
            practice_id  text   NOT NULL,
            record_id    bigint NOT NULL,
            row_hash     uuid   NOT NULL,
            source       text   NOT NULL,
            version      bigint NOT NULL CHECK (version > 0),
            records      bigint NOT NULL CHECK (records > 0),
            said_at      bigint NOT NULL,
            confirmed_at bigint NOT NULL CHECK (confirmed_at >= said_at),
            run_id       bigint NOT NULL,
            PRIMARY KEY (practice_id, record_id, row_hash)) WITH (fillfactor = 50);
        CREATE INDEX confirmed_rows_by_hash ON confirmed_rows (practice_id, row_hash);

        CREATE TABLE polls (
            source     text   PRIMARY KEY,
            due_at     bigint NOT NULL,
            started_at bigint NOT NULL,
            ended_at   bigint,
            fault      text,
            files      bigint NOT NULL);
        """;
}
