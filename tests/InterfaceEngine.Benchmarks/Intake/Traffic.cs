using System.Globalization;
using System.Text;

namespace InterfaceEngine.Benchmarks.Intake;

/// <summary>
/// An athenahealth ADT^A04 of about 1 KB that makes a patient, a contact, a coverage and an encounter. Written once;
/// for each message only digits of fixed places are put in, so that the load costs as little as possible of the two
/// cores it shares with the engine. The people are invented.
/// </summary>
internal sealed class Traffic
{
    public const int Patients = 100_000;
    public const string Practice = "195900";

    /// <summary>Of 100 messages, how many say something new; the others repeat what is stored.</summary>
    public const int ChangingPercent = 70;

    private const byte Start = 0x0B;
    private const byte End = 0x1C;
    private const byte Return = 0x0D;

    // A letter and as many signs as there are digits: c message, p patient, t time, s street number, g group number.
    private const string Template =
        @"MSH|^~\&|ATHENANET|195900^Sample Practice^1^Main St Clinic|PRACTICESTUDIO||tttttttttttttt+0000||ADT^A04|Bccccccccc|P|2.3.1" + "\r" +
        "EVN|A04|tttttttttttttt+0000\r" +
        "PID|1|ppppppp|ppppppp|ppppppp|EXAMPLE^JANE^Q||19750822|F|JANIE|2106-3^White|ssssss OAK AVE^APT 2^SPRINGFIELD^IL^62702^USA||2175550101^PRN^PH~2175550102^WPN~jane@example.org^NET~2175550103^ORN^CP|2175550102|eng^English|M||||||2186-5^Not Hispanic or Latino\r" +
        "PD1||||1234567893^JOHNSON^JANE\r" +
        "NK1|1|EXAMPLE^JOHN|SPOUSE|456 OAK AVE^^SPRINGFIELD^IL^62702|2175550104||C\r" +
        "PV1|1|O|1^MAIN ST^^MAIN ST||||1234567893^JOHNSON^JANE||||||||||||ppppppp|||||||||||||||||||||||||202601050930||||||ppppppp\r" +
        "GT1|1||EXAMPLE^JANE^Q||456 OAK AVE^^SPRINGFIELD^IL^62702|2175550101||19750822|F\r" +
        "IN1|1|159571^SAMPLE HMO|1780|SAMPLE HMO|PO BOX 1^^CHICAGO^IL^60601||8005550100|GRPgggggg||||||||EXAMPLE^JANE|1|19750822|456 OAK AVE^^SPRINGFIELD^IL^62702|||1||||||||||||||HMOppppppp|||||||F\r";

    private static readonly DateTime FirstTime = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly byte[] _frame;
    private readonly int[] _message;
    private readonly int[] _patient;
    private readonly int[] _time;
    private readonly int[] _street;
    private readonly int[] _group;

    public Traffic()
    {
        var body = Encoding.ASCII.GetBytes(Template);
        _frame = [Start, .. body, End, Return];
        _message = Places("ccccccccc");
        _patient = Places("ppppppp");
        _time = Places("tttttttttttttt");
        _street = Places("ssssss");
        _group = Places("gggggg");
    }

    public int BodyBytes => _frame.Length - 3;

    /// <summary>A frame to fill, one for each connection.</summary>
    public byte[] NewFrame() => [.. _frame];

    /// <param name="frame">From <see cref="NewFrame"/>.</param>
    /// <param name="message">Makes the control id, and the event time, which rises by a second each.</param>
    /// <param name="patient">From 0.</param>
    /// <param name="version">Counts what was said about the patient: each changes the address, each third the coverage too.</param>
    public void Fill(Span<byte> frame, int message, int patient, int version)
    {
        Put(frame, _message, 9, message);
        Put(frame, _patient, 7, 1_000_000 + patient);
        Put(frame, _street, 6, 100_000 + version);
        Put(frame, _group, 6, 100_000 + (version / 3));
        Span<byte> time = stackalloc byte[14];
        FirstTime.AddSeconds(message).TryFormat(time, out _, "yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        foreach (var place in _time)
        {
            time.CopyTo(frame[place..]);
        }
    }

    /// <summary>A body of its own, without frame.</summary>
    public byte[] Body(int message, int patient, int version)
    {
        var frame = NewFrame();
        Fill(frame, message, patient, version);
        return frame[1..^2];
    }

    private static void Put(Span<byte> frame, int[] places, int digits, int value)
    {
        Span<byte> text = stackalloc byte[digits];
        for (var index = digits - 1; index >= 0; index--)
        {
            text[index] = (byte)('0' + (value % 10));
            value /= 10;
        }

        foreach (var place in places)
        {
            text.CopyTo(frame[place..]);
        }
    }

    private int[] Places(string sign)
    {
        var places = new List<int>();
        var bytes = Encoding.ASCII.GetBytes(sign);
        for (var at = 0; _frame.AsSpan(at).IndexOf(bytes) is >= 0 and var found; at += found + bytes.Length)
        {
            places.Add(at + found);
        }

        return [.. places];
    }
}

/// <summary>Which patient each message is about, and whether it says something new: the same for engine and loop.</summary>
internal sealed class TrafficPlan(int seed)
{
    private readonly int[] _versions = new int[Traffic.Patients];
    private int _next;

    /// <summary>How many messages are planned so far.</summary>
    public int Count => Volatile.Read(ref _next);

    /// <summary>The first message about each patient in turn.</summary>
    public (int Message, int Patient, int Version) Preload()
    {
        var message = Interlocked.Increment(ref _next);
        return (message, message - 1, 0);
    }

    public (int Message, int Patient, int Version) Next()
    {
        var message = Interlocked.Increment(ref _next);
        var random = Scatter((uint)message ^ ((ulong)(uint)seed << 32));
        var patient = (int)(random % Traffic.Patients);
        var isChanging = (random >> 40) % 100 < Traffic.ChangingPercent;
        return (message, patient, isChanging ? Interlocked.Increment(ref _versions[patient]) : Volatile.Read(ref _versions[patient]));
    }

    private static ulong Scatter(ulong value)
    {
        value = unchecked((value + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D049BB133111EB);
        return value ^ (value >> 31);
    }
}
