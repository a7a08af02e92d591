using InterfaceEngine.Cli;

namespace InterfaceEngine.Tests.Cli;

public sealed class TerminalTests
{
    [Fact]
    public void In_a_pipe_a_table_is_neither_wrapped_nor_drawn_nor_coloured()
    {
        var wide = new string('x', 300);
        var written = Write(terminal =>
        {
            var table = new TextTable("First", "Second");
            table.Add("a", wide);
            table.Add("line\nbreak", null);
            terminal.Table(table);
        });

        written.Should().Be($"First       Second\na           {wide}\nline break\n");
    }

    [Fact]
    public void Control_characters_are_shown() =>
        Write(terminal => terminal.Line("a\u001b[31mb\u0007\u009bc\td")).Should().Be("a␛[31mb␇␡c\td\n");

    [Fact]
    public void A_line_may_have_several_lines() =>
        Write(terminal => terminal.Line("a\nb")).Should().Be("a\nb\n");

    private static string Write(Action<Terminal> write)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter();
        write(new Terminal(output, error, isInteractive: false));
        error.ToString().Should().BeEmpty();
        return output.ToString();
    }
}
