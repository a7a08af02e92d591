using InterfaceEngine.Control;
using Spectre.Console;

namespace InterfaceEngine.Cli;

/// <summary>
/// What a command sees of the world around it: where it writes, where it was started, who sits there. In a pipe or a
/// file nothing is coloured, drawn or wrapped, so that no text is lost.
/// </summary>
internal sealed class Terminal
{
    private readonly IAnsiConsole _console;

    /// <param name="output">Results.</param>
    /// <param name="error">Problems.</param>
    /// <param name="isInteractive">A person watches: colours and drawn tables.</param>
    public Terminal(TextWriter output, TextWriter error, bool isInteractive)
    {
        Out = output;
        Error = error;
        IsInteractive = isInteractive;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isInteractive ? InteractionSupport.Detect : InteractionSupport.No,
        });
    }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    public bool IsInteractive { get; }

    public string WorkingFolder { get; init; } = Directory.GetCurrentDirectory();

    public IEnumerable<KeyValuePair<string, string?>> Environment { get; init; } = SettingsFile.Environment();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string Actor { get; init; } = Access.Actor.Current();

    /// <summary>The process's own.</summary>
    public static Terminal OfProcess() => new(Console.Out, Console.Error, !Console.IsOutputRedirected);

    public void Line(string text = "") => Out.WriteLine(Printable(text));

    public void Problem(string text) => Error.WriteLine(Printable(text));

    public void Json(ControlAnswer answer) => Out.WriteLine(ControlJson.Write(answer));

    public void Table(TextTable table)
    {
        if (IsInteractive)
        {
            _console.Write(table.ToDrawn());
        }
        else
        {
            table.WritePlain(Out);
        }
    }

    /// <summary>Runs work under a progress bar; without a person watching there is none.</summary>
    /// <param name="total">How many steps there are.</param>
    /// <param name="work">Is given what to call after each step.</param>
    public async Task ProgressAsync(string what, long total, Func<Action, Task> work)
    {
        if (!IsInteractive)
        {
            await work(() => { });
            return;
        }

        await _console.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(total, 1));
                await work(() => task.Increment(1));
            });
    }

    /// <summary>Runs work under a progress bar that says how far it is; without a person watching there is none.</summary>
    /// <param name="describe">What it says, asked anew at each step.</param>
    /// <param name="total">What the whole comes to.</param>
    /// <param name="work">Is given what to call with how far it is.</param>
    public async Task ProgressAsync(Func<string> describe, long total, Func<Action<long>, Task> work)
    {
        if (!IsInteractive)
        {
            await work(_ => { });
            return;
        }

        await _console.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new TaskDescriptionColumn()).StartAsync(async context =>
        {
            var task = context.AddTask(Markup.Escape(describe()), maxValue: Math.Max(total, 1));
            await work(done =>
            {
                task.Value = done;
                task.Description = Markup.Escape(describe());
            });
        });
    }

    /// <summary>
    /// Text from a message may hold control characters, with which a sender could steer the reader's terminal:
    /// they are shown, not obeyed.
    /// </summary>
    public static string Printable(string text)
    {
        if (!text.Any(IsControl))
        {
            return text;
        }

        return string.Create(text.Length, text, static (span, from) =>
        {
            for (var index = 0; index < span.Length; index++)
            {
                var character = from[index];
                span[index] = !IsControl(character) ? character : character < ' ' ? (char)('\u2400' + character) : '\u2421';
            }
        });
    }

    private static bool IsControl(char character) => char.IsControl(character) && character is not ('\n' or '\t');
}
