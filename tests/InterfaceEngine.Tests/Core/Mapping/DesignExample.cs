using InterfaceEngine.Core.Mapping;
using InterfaceEngine.Core.Practices;
using NodaTime;

namespace InterfaceEngine.Tests.Core.Mapping;

/// <summary>The examples of the mapping design as they stand there, and the code tables they name.</summary>
internal static class DesignExample
{
    public const string Patient = """"
        ---
        map:     patient
        for:     athenahealth
        version: 7
        region:  US          # phone numbers without a country code
        zone:    practice    # times without an offset
        ---

        # Patient demographics

        | Practice Studio     | HL7 v2                  | CSV       | athenaNet   | FHIR R4                                 | As             | Rule             | Notes                           |
        |---------------------|-------------------------|-----------|-------------|-----------------------------------------|----------------|------------------|---------------------------------|
        | external_id         | PID-3[4=ATHENA?,5=MRN?].1 | PatientID | patientid   | id                                      | text           | key; sealed      | athenahealth patient identifier |
        | first_name          | PID-5.2                 | FirstName | firstname   | name[use=official?].given[#1]           | name           | required; max 60 |                                 |
        | last_name           | PID-5.1                 | LastName  | lastname    | name[use=official?].family              | name           | required; max 60 |                                 |
        | date_of_birth       | PID-7                   | DOB       | dob         | birthDate                               | date           | required         | YYYY-MM-DD                      |
        | gender              | PID-8                   | Gender    | sex         | gender                                  | code sex       | default unknown  | M/F/O/U                         |
        | address.line1       | PID-11.1                | Address1  | address1    | address[use=home?].line[#1]             | name           |                  | address.* is replaced as a unit |
        | address.line2       | PID-11.2                | Address2  | address2    | address[use=home?].line[#2]             | name           |                  |                                 |
        | address.city        | PID-11.3                | City      | city        | address[use=home?].city                 | name           |                  |                                 |
        | address.state       | PID-11.4                | State     | state       | address[use=home?].state                | text           | max 2            |                                 |
        | address.postal_code | PID-11.5                | Zip       | zip         | address[use=home?].postalCode           | text           |                  |                                 |
        | phone_home          | PID-13[2=PRN?,3=PH?]    | Phone     | homephone   | telecom[system=phone,use=home?].value   | phone          |                  | E.164                           |
        | phone_mobile        | PID-13[3=CP]            |           | mobilephone | telecom[system=phone,use=mobile].value  | phone          |                  | E.164                           |
        | email               | PID-13[2=NET].1 or PID-13[3=Internet].4 | Email     | email       | telecom[system=email].value             | email          |                  |                                 |
        | preferred_language  | PID-15                  |           | language    | communication[preferred=true?].language | code language  |                  | athenahealth language codes     |
        | race                | PID-10                  |           | race        | $us-core-race                           | code race      |                  | athenahealth race codes         |
        | ethnicity           | PID-22                  |           | ethnicity   | $us-core-ethnicity                      | code ethnicity |                  | athenahealth ethnicity codes    |

        ## Messages

        | Message          | Does             | Sets |
        |------------------|------------------|------|
        | ADT^A04, ADT^A01 | create or update |      |
        | ADT^A08          | update           |      |
        | Patients file    | create or update |      |

        ## Checks

        | Must hold                                   | If not | Say                                        |
        |---------------------------------------------|--------|--------------------------------------------|
        | date_of_birth <= today                      | reject | born after the message was sent            |
        | any(phone_home, phone_mobile, email)        | warn   | no way to reach this patient               |

        ## Not mapped

        | Source                                      | Why                            |
        |---------------------------------------------|--------------------------------|
        | CSV InsuranceProvider, MemberID, GroupNumber | coverage.map.md reads them     |
        | HL7 PID-14, PID-16, PID-17, PID-18, PID-19  | not in the Practice Studio record |

        ## Shortcuts

        | Name               | Stands for                                                                                                              |
        |--------------------|-------------------------------------------------------------------------------------------------------------------------|
        | $us-core-race      | extension[url=http://hl7.org/fhir/us/core/StructureDefinition/us-core-race].extension[url=ombCategory].valueCoding      |
        | $us-core-ethnicity | extension[url=http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity].extension[url=ombCategory].valueCoding |
        """";

    public const string Appointment = """"
        ---
        map:     appointment
        for:     athenahealth
        version: 4
        zone:    location, practice    # the clinic's zone, else the practice's
        ---

        # Appointments

        | Practice Studio  | HL7 v2                  | CSV               | athenaNet             | FHIR R4             | As               | Rule              | Notes                               |
        |------------------|-------------------------|-------------------|-----------------------|---------------------|------------------|-------------------|-------------------------------------|
        | external_id      | SCH-2.1 or SCH-1.1      | AppointmentID     | appointmentid         | id                  | text             | key; sealed       | athenahealth appointment identifier |
        | patient_id       | PID-3[4=ATHENA?,5=MRN?].1 | PatientID         | patientid:int         | $patient            | ref patient      | required; sealed  | Practice Studio patient ID          |
        | provider_id      | AIP-3.1 or AIG-3.1      | ProviderID        | providerid:int        | $provider           | ref provider     | required          | Practice Studio provider ID         |
        | appointment_type | SCH-8                   | AppointmentTypeID | appointmenttypeid:int | appointmentType     | code appt-type   |                   | mapped to corresponding types       |
        | start_time       | SCH-11.4 or AIS-4       | StartTime         | starttime             | start               | instant          | required          | converted to UTC                    |
        | (duration)       | SCH-9                   | Duration          | duration:int          | minutesDuration:int | minutes          |                   | travels, is not stored              |
        | end_time         | SCH-11.5                |                   |                       | end                 | instant          | required          | start time + duration               |
        | status           | SCH-25                  | Status            | appointmentstatus     | status              | code appt-status | default scheduled | mapped to corresponding statuses    |
        | reason           | SCH-7.2                 | Reason            | reason                | reasonCode[#1].text | text             |                   |                                     |
        | location_id      | AIL-3.1                 | DepartmentID      | departmentid:int      | $location           | ref location     | required          | Practice Studio location            |
        | notes            | NTE-3                   | Note              | note                  | comment             | lines            |                   |                                     |

        ## Equations

            end_time = start_time + duration

        ## Messages

        | Message                 | Does             | Sets               |
        |-------------------------|------------------|--------------------|
        | SIU^S12                 | create           |                    |
        | SIU^S14                 | update           |                    |
        | SIU^S15                 | cancel           | status = cancelled |
        | POST /appointments/open | create           |                    |
        | Schedule file           | create or update |                    |

        ## Checks

        | Must hold             | If not | Say                            |
        |-----------------------|--------|--------------------------------|
        | end_time > start_time | reject | the visit ends before it starts |

        ## Shortcuts

        | Name      | Stands for                                                                   |
        |-----------|------------------------------------------------------------------------------|
        | $patient  | participant[actor.reference=Patient/*,status:=accepted].actor.reference      |
        | $provider | participant[actor.reference=Practitioner/*,status:=accepted].actor.reference |
        | $location | participant[actor.reference=Location/*,status:=accepted].actor.reference     |
        """";

    public const string Statuses = """"
        ---
        codes:   appt-status
        match:   ignore case
        unknown: reject
        ---
        | Practice Studio | HL7 v2                 | CSV  | athenaNet | FHIR R4             | Display     |
        |-----------------|------------------------|------|-----------|---------------------|-------------|
        | scheduled       | Booked, Pending        | f    | f         | booked, pending     | Scheduled   |
        | checked_in      | Started                | 2    | 2         | checked-in, arrived | Checked in  |
        | checked_out     | Complete               | 3, 4 | 3, 4      | fulfilled           | Checked out |
        | cancelled       | Cancelled, Dc, Deleted | x    | x         | cancelled           | Cancelled   |
        | no_show         | Noshow                 |      | -         | noshow              | No show     |
        """";

    public const string Races = """"
        ---
        codes:   race
        match:   ignore case
        system:  urn:oid:2.16.840.1.113883.6.238
        unknown: review
        ---
        | Practice Studio | HL7 v2            | CSV | athenaNet | FHIR R4 | Display                                   |
        |-----------------|-------------------|-----|-----------|---------|-------------------------------------------|
        | 1002-5          | 1002-5            |     | 1002-5    | 1002-5  | American Indian or Alaska Native          |
        | 2028-9          | 2028-9, Asian     |     | 2028-9    | 2028-9  | Asian                                     |
        | 2054-5          | 2054-5, Black     |     | 2054-5    | 2054-5  | Black or African American                 |
        | 2076-8          | 2076-8            |     | 2076-8    | 2076-8  | Native Hawaiian or Other Pacific Islander |
        | 2106-3          | 2106-3, White, W  |     | 2106-3    | 2106-3  | White                                     |
        """";

    public const string Practice1959 = """"
        ---
        map:      patient
        practice: 1959
        extends:  athenahealth
        ---

        # Springfield Family Medicine — what differs

        | Practice Studio        | HL7 v2             | athenaNet                                | FHIR R4 | As   | Notes                                                      |
        |------------------------|--------------------|------------------------------------------|---------|------|------------------------------------------------------------|
        | phone_mobile           | PID-14             |                                          |         |      | this practice sends the cell number in PID-14 (ticket 4471) |
        | email                  |                    |                                          | -       |      | the practice does not share e-mail over FHIR               |
        | preferred_language     |                    | language6392code                         |         |      | real athenaNet name of the field                           |
        | custom.referral_source | ZPT-4              | customfields[customfieldid=12].customfieldvalue |  | text | custom field 12                                            |
        """";

    public const string Test = """"
        ---
        test:     patient
        practice: 1959
        zone:     America/Chicago
        ---

        ## The A04 in the integration guide

        ```hl7
        MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220315142658||ADT^A04|12345|P|2.3|
        EVN|A04|20220315142658|||
        PID|1||12345^^^ATHENA^MRN||DOE^JOHN^||19800515|M||White|123 MAIN ST^^SPRINGFIELD^IL^62701^USA^^^SANGAMON|SANGAMON|(555)555-1234|(555)555-5678|ENG|M|CHR|100000^^^ATHENA^FIN NBR|123-45-6789|||
        ```

        | Practice Studio     | Expect       | Because                                            |
        |---------------------|--------------|----------------------------------------------------|
        | external_id         | 12345        |                                                    |
        | first_name          | JOHN         |                                                    |
        | date_of_birth       | 1980-05-15   |                                                    |
        | gender              | male         |                                                    |
        | address.line1       | 123 MAIN ST  |                                                    |
        | address.line2       | (cleared)    | PID-11 came, so the whole address is replaced      |
        | phone_home          | +15555551234 |                                                    |
        | phone_mobile        | +15555555678 | practice 1959 sends the cell number in PID-14      |
        | preferred_language  | en           |                                                    |
        | race                | 2106-3       | the sample carries the word White, not a code      |
        | ethnicity           | (kept)       | PID-22 is empty                                    |

        ## "" deletes, empty keeps

        ```hl7
        MSH|^~\&|ATHENA|ATHENANET|PRACTICESTUDIO|PSSERVER|20220316080000||ADT^A08|12399|P|2.3|
        PID|1||12345^^^ATHENA^MRN||DOE^JOHN||19800515|M||||||""||||||
        ```

        | Practice Studio | Expect    |
        |-----------------|-----------|
        | phone_mobile    | (cleared) |
        | phone_home      | (kept)    |
        | address.line1   | (kept)    |

        ## A CSV row

        ```csv
        PatientID,FirstName,LastName,DOB,Gender,Address1,Address2,City,State,Zip,Phone,Email,InsuranceProvider,MemberID,GroupNumber
        54321,Jane,Smith,1975-08-22,F,456 Oak Ave,,Springfield,IL,62702,5559876543,jane.smith@example.com,Aetna,AET123456789,GRP987654
        ```

        | Practice Studio | Expect       |
        |-----------------|--------------|
        | external_id     | 54321        |
        | gender          | female       |
        | address.line2   | (cleared)    |
        | phone_home      | +15559876543 |
        | race            | (kept)       |
        """";

    public static MappingSet Load(params (string Path, string? Text)[] files) => MappingSet.Load(Files(files), [Practice()]);

    /// <summary>The example's files; those given are added, take the place of one, or, without a text, take one away.</summary>
    public static Dictionary<string, string> Files(params (string Path, string? Text)[] files)
    {
        var all = new Dictionary<string, string>
        {
            ["athenahealth/patient.map.md"] = Patient,
            ["athenahealth/appointment.map.md"] = Appointment,
            ["athenahealth/codes/appt-status.codes.md"] = Statuses,
            ["athenahealth/codes/race.codes.md"] = Races,
            ["athenahealth/codes/sex.codes.md"] = Codes("sex", "male: M", "female: F", "other: O", "unknown: U"),
            ["athenahealth/codes/language.codes.md"] = Codes("language", "en: ENG", "es: SPA"),
            ["athenahealth/codes/ethnicity.codes.md"] = Codes("ethnicity", "2135-2: H", "2186-5: N"),
            ["athenahealth/codes/appt-type.codes.md"] = Codes("appt-type", "office_visit: OV"),
            ["practices/1959/patient.map.md"] = Practice1959,
            ["tests/patient.test.md"] = Test,
        };
        foreach (var (path, text) in files)
        {
            all.Remove(path);
            if (text is not null)
            {
                all[path] = text;
            }
        }

        return all;
    }

    /// <summary>A code table in which every format has the same spelling: <c>male: M</c>.</summary>
    public static string Codes(string name, params string[] rows) => $"""
        ---
        codes: {name}
        match: ignore case
        ---
        | Practice Studio | HL7 v2 | CSV | athenaNet | FHIR R4 |
        |-----------------|--------|-----|-----------|---------|
        {string.Join('\n', rows.Select(row => row.Split(": ")).Select(row => $"| {row[0]} | {row[1]} | {row[1]} | {row[1]} | {row[1]} |"))}
        """;

    /// <summary>A small map of one field table.</summary>
    public static string Map(string table, string header = "map: note", string rest = "") => $"---\n{header}\n---\n{table}\n{rest}";

    public static Practice Practice(string id = "1959", string vendor = "athenahealth", string profile = "guide") =>
        new() { Id = id, Name = "Springfield Family Medicine", Zone = DateTimeZoneProviders.Tzdb["America/Chicago"], Profile = profile, Vendor = vendor };
}
