namespace InterfaceEngine.Protection;

/// <summary>Where the master key is. It opens every practice's data key, so it is kept outside the data folder and backed up apart from it.</summary>
internal sealed record KeyOptions
{
    /// <summary>
    /// The file that holds the key as base64 or hexadecimal text of 32 bytes, readable by its owner only. Made on
    /// first start. Default: <c>interface-engine/master.key</c> in the user's folder for application data.
    /// </summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>
    /// The environment variable that holds the key, in the same text; it goes before the file when it is set.
    /// Default: <c>INTERFACE_ENGINE_MASTER_KEY</c>.
    /// </summary>
    public string MasterKeyVariable { get; init; } = "INTERFACE_ENGINE_MASTER_KEY";
}
