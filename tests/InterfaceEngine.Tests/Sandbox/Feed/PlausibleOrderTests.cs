using InterfaceEngine.Core.Hl7;
using InterfaceEngine.Sandbox.Feed;

namespace InterfaceEngine.Tests.Sandbox.Feed;

/// <summary>What comes before what, checked on the messages alone.</summary>
public sealed class PlausibleOrderTests
{
    private readonly List<Hl7Message> _messages = ReadFeed.Of(FeedStyle.Athena, ReadFeed.Busy);

    [Fact]
    public void Nobody_is_spoken_of_before_being_registered()
    {
        var known = new HashSet<string>();
        foreach (var message in _messages)
        {
            if (message.EventType is "ADT^A28" or "ADT^A04")
            {
                known.Add(message.Patient());
            }

            known.Should().Contain(message.Patient(), "of message {0}, {1}", message.ControlId, message.EventType);
        }
    }

    [Fact]
    public void Nothing_comes_of_a_record_after_its_merge_and_both_records_were_known()
    {
        var retired = new HashSet<string>();
        var known = new HashSet<string>();
        foreach (var message in _messages)
        {
            retired.Should().NotContain(message.Patient());
            if (message.EventType == "ADT^A40")
            {
                known.Should().Contain(message.Get("MRG", 1)).And.Contain(message.Patient());
                retired.Add(message.Get("MRG", 1)).Should().BeTrue();
            }

            known.Add(message.Patient());
        }
    }

    [Fact]
    public void A_visit_is_booked_before_it_is_moved_changed_cancelled_or_missed_and_booked_again_after_a_cancellation_only()
    {
        var states = new Dictionary<string, string>();
        foreach (var message in _messages.Where(message => message.MessageCode == "SIU"))
        {
            var visit = message.Get("SCH", 2);
            var before = states.GetValueOrDefault(visit, "");
            if (message.TriggerEvent != "S12")
            {
                before.Should().BeOneOf(["S12", "S13", "S14"], "visit {0} is open when {1} comes", visit, message.TriggerEvent);
            }

            states[visit] = message.TriggerEvent;
        }

        states.Values.Should().Contain("S15").And.Contain("S26");
    }

    [Fact]
    public void A_patient_leaves_and_is_billed_after_coming()
    {
        var inside = new HashSet<string>();
        foreach (var message in _messages)
        {
            var visit = message.Get("PV1", 19);
            if (message.EventType == "ADT^A04")
            {
                inside.Add(visit).Should().BeTrue("a visit begins once");
            }
            else if (message.EventType is "ADT^A03" or "DFT^P03")
            {
                inside.Should().Contain(visit);
            }
            else if (message.EventType is "ADT^A11" or "ADT^A23")
            {
                inside.Remove(visit).Should().BeTrue("what was begun is taken back once, and nothing of it is told after that");
            }
        }
    }

    [Fact]
    public void Nothing_comes_of_a_person_after_the_deletion_and_nothing_but_the_person_came_before()
    {
        foreach (var person in _messages.GroupBy(ReadFeed.Patient).Where(messages => messages.Any(message => message.EventType == "ADT^A29")))
        {
            person.Last().EventType.Should().Be("ADT^A29");
            person.SkipLast(1).Select(message => message.EventType).Should().BeSubsetOf(["ADT^A28", "ADT^A08", "ADT^A31"]);
        }
    }

    [Fact]
    public void A_move_told_in_two_cancels_a_visit_and_books_it_again_under_its_number_a_minute_later()
    {
        var bookings = _messages.Where(message => message.EventType is "SIU^S12" or "SIU^S15").GroupBy(message => message.Get("SCH", 2));

        var moved = bookings.SelectMany(visit => visit.Zip(visit.Skip(1))).Where(pair => pair.First.TriggerEvent == "S15").ToList();

        moved.Should().NotBeEmpty().And.OnlyContain(pair => pair.Second.TriggerEvent == "S12");
        moved.Should().Contain(pair => pair.First.Get("SCH", 11, 4) != pair.Second.Get("SCH", 11, 4));
    }

    [Fact]
    public void A_report_is_preliminary_before_it_is_final_and_final_before_it_is_corrected()
    {
        var states = new Dictionary<string, string>();
        foreach (var order in _messages.Where(message => message.MessageCode == "ORU").SelectMany(message => message.FindAll("OBR")))
        {
            var (id, status) = (order.Field(3).Decode(), order.Field(25).Decode());
            var before = states.GetValueOrDefault(id, "");
            (before, status).Should().BeOneOf(("", "P"), ("", "F"), ("P", "F"), ("F", "C"), ("F", "F"));
            states[id] = status;
        }

        states.Values.Should().Contain("C");
    }

    [Fact]
    public void A_charge_is_taken_back_once_and_after_it_was_made()
    {
        var made = new HashSet<string>();
        var taken = new HashSet<string>();
        foreach (var charge in _messages.Where(message => message.MessageCode == "DFT").SelectMany(message => message.FindAll("FT1")))
        {
            var id = charge.Field(2).Decode();
            if (charge.Field(6).Decode() == "CD")
            {
                made.Should().Contain(id);
                taken.Add(id).Should().BeTrue();
            }
            else
            {
                made.Add(id).Should().BeTrue();
            }
        }

        taken.Should().NotBeEmpty();
    }

    [Fact]
    public void A_document_is_filed_before_it_is_edited_signed_replaced_or_withdrawn_and_not_touched_after_it_is_signed()
    {
        var open = new HashSet<string>();
        foreach (var message in _messages.Where(message => message.MessageCode == "MDM"))
        {
            var (id, replaces) = (message.Get("TXA", 12), message.Get("TXA", 13));
            switch (message.TriggerEvent)
            {
                case "T02":
                    open.Add(id).Should().BeTrue();
                    break;
                case "T10":
                    open.Remove(replaces).Should().BeTrue("{0} replaces {1}", id, replaces);
                    open.Add(id).Should().BeTrue();
                    break;
                case "T08":
                    open.Should().Contain(id);
                    break;
                default:
                    open.Remove(id).Should().BeTrue("{0} ends {1}", message.TriggerEvent, id);
                    break;
            }
        }
    }
}
