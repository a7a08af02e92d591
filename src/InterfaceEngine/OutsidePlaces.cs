using InterfaceEngine.Control;
using InterfaceEngine.Sources.Files;

namespace InterfaceEngine;

/// <summary>The places of the settings that the engine reaches out to.</summary>
internal static class OutsidePlaces
{
    public static IReadOnlyList<OutsidePlace> Of(EngineSettings settings) =>
    [
        .. settings.FileSources.Select(source => new OutsidePlace(source.Name, source.Kind, source.Place)
        {
            Server = source.Server,
            Folder = Below(source.Path, source.Options.Folder),
            IsWritten = source.Options.Afterwards != Afterwards.Keep,
        }),
        .. settings.Exports.Select(export => new OutsidePlace(export.Name, "export", export.Place) { Server = export.Server, Folder = export.Path, IsWritten = true }),
        // How a connection to a vendor is, its own checks tell.
        .. settings.Destinations.Where(destination => destination.Calls is null).Select(destination => new OutsidePlace(destination.Name, destination.Kind, destination.Address)
        {
            Receiver = (destination.Receiver.Client.Host, destination.Receiver.Client.Port),
            ShakeHands = TestHandshake.For(destination),
            SendTest = TestMessage.For(destination),
        }),
    ];

    private static string Below(string path, string folder) => folder.Length == 0 ? path : path.Length == 0 ? folder : $"{path.TrimEnd('/')}/{folder}";
}
