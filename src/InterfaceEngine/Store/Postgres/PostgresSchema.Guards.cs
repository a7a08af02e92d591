namespace InterfaceEngine.Store.Postgres;

/// <content>What is never changed is not emptied either; causes and reviews are found by what people name them by; sealed bytes are not squeezed in vain.</content>
internal static partial class PostgresSchema
{
    private const string Guards = """
        CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION engine_refuse_change();
        CREATE TRIGGER ledger_seals_are_not_emptied BEFORE TRUNCATE ON ledger_seals FOR EACH STATEMENT EXECUTE FUNCTION engine_refuse_change();
        CREATE TRIGGER ledger_entries_are_not_emptied BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION engine_refuse_change();
        CREATE TRIGGER ledger_acceptances_are_not_emptied BEFORE TRUNCATE ON ledger_acceptances FOR EACH STATEMENT EXECUTE FUNCTION engine_refuse_change();

        CREATE INDEX causes_by_id ON causes (cause_id);
        CREATE INDEX reviews_by_id ON reviews (review_id);

        ALTER TABLE deliveries ALTER body SET STORAGE EXTERNAL, ALTER notes SET STORAGE EXTERNAL;
        ALTER TABLE audit ALTER document SET STORAGE EXTERNAL;
        ALTER TABLE causes ALTER detail SET STORAGE EXTERNAL;
        ALTER TABLE reviews ALTER detail SET STORAGE EXTERNAL;
        """;
}
