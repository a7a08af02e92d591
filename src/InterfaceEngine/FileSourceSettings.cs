using InterfaceEngine.Files.Sftp;
using InterfaceEngine.Intake;
using InterfaceEngine.Sources.Files;

namespace InterfaceEngine;

/// <summary>One source of files: where they are dropped and what is done with them.</summary>
/// <param name="Kind">A name in <see cref="Catalog.SourceKinds"/>: <c>folder</c> or <c>sftp</c>.</param>
/// <param name="Binding">Its name and its practice, exactly one; what an HL7 file's messages get.</param>
/// <param name="Options">What is looked for, when, and what happens to it.</param>
/// <param name="Path">The folder of this machine, in full; with a <paramref name="Server"/> the folder there, or nothing for where it puts us.</param>
/// <param name="Server">The server, when it is one.</param>
internal sealed record FileSourceSettings(string Kind, SourceBinding Binding, FileSourceOptions Options, string Path, SftpOptions? Server = null)
{
    public string Name => Binding.Name;

    /// <summary>Where it looks, for people.</summary>
    public string Place => Options.Folder.Length == 0 ? Root : $"{Root.TrimEnd('/')}/{Options.Folder}";

    private string Root => Server is null ? Path : SftpFolder.LocationOf(Server.Address, Path);
}
