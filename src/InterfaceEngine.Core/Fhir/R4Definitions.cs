namespace InterfaceEngine.Core.Fhir;

/// <summary>
/// What FHIR R4 (4.0.1) says of the resources that the maps write and of the data types they are made of: one line for each type, with
/// its elements in the order of the specification. <c>*</c> is 0..*, <c>+</c> 1..*, <c>!</c> 1..1; <c>[x]</c> may be of any of the
/// types behind it; behind <c>=</c> stand the codes of a required binding. Elements of elements (<c>Patient.link</c>) are types too.
/// </summary>
internal static class R4Definitions
{
    /// <summary>What every resource has.</summary>
    public const string Resource = "id id; meta Meta; implicitRules uri; language code; text Narrative; contained* Resource; extension* Extension; modifierExtension* Extension";

    /// <summary>What every element has.</summary>
    public const string Element = "id string; extension* Extension; modifierExtension* Extension";

    private const string Gender = "gender code = male female other unknown";
    private const string Values = "value[x] Quantity CodeableConcept string boolean integer Range Ratio SampledData time dateTime Period";
    private const string Onset = "dateTime Age Period Range string";

    public static IReadOnlyDictionary<string, string> Resources { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Patient"] = $"identifier* Identifier; active boolean; name* HumanName; telecom* ContactPoint; {Gender}; birthDate date; deceased[x] boolean dateTime; address* Address; maritalStatus CodeableConcept; multipleBirth[x] boolean integer; photo* Attachment; contact* Patient.contact; communication* Patient.communication; generalPractitioner* Reference; managingOrganization Reference; link* Patient.link",
        ["RelatedPerson"] = $"identifier* Identifier; active boolean; patient! Reference; relationship* CodeableConcept; name* HumanName; telecom* ContactPoint; {Gender}; birthDate date; address* Address; photo* Attachment; period Period; communication* Patient.communication",
        ["Appointment"] = "identifier* Identifier; status! code = proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in waitlist; cancelationReason CodeableConcept; serviceCategory* CodeableConcept; serviceType* CodeableConcept; specialty* CodeableConcept; appointmentType CodeableConcept; reasonCode* CodeableConcept; reasonReference* Reference; priority unsignedInt; description string; supportingInformation* Reference; start instant; end instant; minutesDuration positiveInt; slot* Reference; created dateTime; comment string; patientInstruction string; basedOn* Reference; participant+ Appointment.participant; requestedPeriod* Period",
        ["Coverage"] = "identifier* Identifier; status! code = active cancelled draft entered-in-error; type CodeableConcept; policyHolder Reference; subscriber Reference; subscriberId string; beneficiary! Reference; dependent string; relationship CodeableConcept; period Period; payor+ Reference; class* Coverage.class; order positiveInt; network string; costToBeneficiary* BackboneElement; subrogation boolean; contract* Reference",
        ["Encounter"] = "identifier* Identifier; status! code = planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown; statusHistory* BackboneElement; class! Coding; classHistory* BackboneElement; type* CodeableConcept; serviceType CodeableConcept; priority CodeableConcept; subject Reference; episodeOfCare* Reference; basedOn* Reference; participant* Encounter.participant; appointment* Reference; period Period; length Quantity; reasonCode* CodeableConcept; reasonReference* Reference; diagnosis* BackboneElement; account* Reference; hospitalization BackboneElement; location* Encounter.location; serviceProvider Reference; partOf Reference",
        ["Observation"] = $"identifier* Identifier; basedOn* Reference; partOf* Reference; status! code = registered preliminary final amended corrected cancelled entered-in-error unknown; category* CodeableConcept; code! CodeableConcept; subject Reference; focus* Reference; encounter Reference; effective[x] dateTime Period Timing instant; issued instant; performer* Reference; {Values}; dataAbsentReason CodeableConcept; interpretation* CodeableConcept; note* Annotation; bodySite CodeableConcept; method CodeableConcept; specimen Reference; device Reference; referenceRange* Observation.referenceRange; hasMember* Reference; derivedFrom* Reference; component* Observation.component",
        ["DiagnosticReport"] = "identifier* Identifier; basedOn* Reference; status! code = registered partial preliminary final amended corrected appended cancelled entered-in-error unknown; category* CodeableConcept; code! CodeableConcept; subject Reference; encounter Reference; effective[x] dateTime Period; issued instant; performer* Reference; resultsInterpreter* Reference; specimen* Reference; result* Reference; imagingStudy* Reference; media* BackboneElement; conclusion string; conclusionCode* CodeableConcept; presentedForm* Attachment",
        ["Condition"] = $"identifier* Identifier; clinicalStatus CodeableConcept = active recurrence relapse inactive remission resolved; verificationStatus CodeableConcept = unconfirmed provisional differential confirmed refuted entered-in-error; category* CodeableConcept; severity CodeableConcept; code CodeableConcept; bodySite* CodeableConcept; subject! Reference; encounter Reference; onset[x] {Onset}; abatement[x] {Onset}; recordedDate dateTime; recorder Reference; asserter Reference; stage* BackboneElement; evidence* BackboneElement; note* Annotation",
        ["AllergyIntolerance"] = $"identifier* Identifier; clinicalStatus CodeableConcept = active inactive resolved; verificationStatus CodeableConcept = unconfirmed confirmed refuted entered-in-error; type code = allergy intolerance; category* code = food medication environment biologic; criticality code = low high unable-to-assess; code CodeableConcept; patient! Reference; encounter Reference; onset[x] {Onset}; recordedDate dateTime; recorder Reference; asserter Reference; lastOccurrence dateTime; note* Annotation; reaction* AllergyIntolerance.reaction",
        ["DocumentReference"] = "masterIdentifier Identifier; identifier* Identifier; status! code = current superseded entered-in-error; docStatus code = preliminary final amended entered-in-error; type CodeableConcept; category* CodeableConcept; subject Reference; date instant; author* Reference; authenticator Reference; custodian Reference; relatesTo* DocumentReference.relatesTo; description string; securityLabel* CodeableConcept; content+ DocumentReference.content; context DocumentReference.context",
        ["ChargeItem"] = "identifier* Identifier; definitionUri* uri; definitionCanonical* canonical; status! code = planned billable not-billable aborted billed entered-in-error unknown; partOf* Reference; code! CodeableConcept; subject! Reference; context Reference; occurrence[x] dateTime Period Timing; performer* ChargeItem.performer; performingOrganization Reference; requestingOrganization Reference; costCenter Reference; quantity Quantity; bodysite* CodeableConcept; factorOverride decimal; priceOverride Money; overrideReason string; enterer Reference; enteredDate dateTime; reason* CodeableConcept; service* Reference; product[x] Reference CodeableConcept; account* Reference; note* Annotation; supportingInformation* Reference",
        ["Organization"] = "identifier* Identifier; active boolean; type* CodeableConcept; name string; alias* string; telecom* ContactPoint; address* Address; partOf Reference; contact* BackboneElement; endpoint* Reference",
        ["Specimen"] = "identifier* Identifier; accessionIdentifier Identifier; status code = available unavailable unsatisfactory entered-in-error; type CodeableConcept; subject Reference; receivedTime dateTime; parent* Reference; request* Reference; collection Specimen.collection; processing* BackboneElement; container* BackboneElement; condition* CodeableConcept; note* Annotation",
    };

    public static IReadOnlyDictionary<string, string> Elements { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Patient.contact"] = $"relationship* CodeableConcept; name HumanName; telecom* ContactPoint; address Address; {Gender}; organization Reference; period Period",
        ["Patient.communication"] = "language! CodeableConcept; preferred boolean",
        ["Patient.link"] = "other! Reference; type! code = replaced-by replaces refer seealso",
        ["Appointment.participant"] = "type* CodeableConcept; actor Reference; required code = required optional information-only; status! code = accepted declined tentative needs-action; period Period",
        ["Coverage.class"] = "type! CodeableConcept; value! string; name string",
        ["Encounter.participant"] = "type* CodeableConcept; period Period; individual Reference",
        ["Encounter.location"] = "location! Reference; status code = planned active reserved completed; physicalType CodeableConcept; period Period",
        ["Observation.referenceRange"] = "low Quantity; high Quantity; type CodeableConcept; appliesTo* CodeableConcept; age Range; text string",
        ["Observation.component"] = $"code! CodeableConcept; {Values}; dataAbsentReason CodeableConcept; interpretation* CodeableConcept; referenceRange* Observation.referenceRange",
        ["AllergyIntolerance.reaction"] = "substance CodeableConcept; manifestation+ CodeableConcept; description string; onset dateTime; severity code = mild moderate severe; exposureRoute CodeableConcept; note* Annotation",
        ["DocumentReference.relatesTo"] = "code! code = replaces transforms signs appends; target! Reference",
        ["DocumentReference.content"] = "attachment! Attachment; format Coding",
        ["DocumentReference.context"] = "encounter* Reference; event* CodeableConcept; period Period; facilityType CodeableConcept; practiceSetting CodeableConcept; sourcePatientInfo Reference; related* Reference",
        ["ChargeItem.performer"] = "function CodeableConcept; actor! Reference",
        ["Specimen.collection"] = "collector Reference; collected[x] dateTime Period; duration Quantity; quantity Quantity; method CodeableConcept; bodySite CodeableConcept; fastingStatus[x] CodeableConcept Quantity",
        ["Extension"] = "url! uri; value[x] base64Binary boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt string time unsignedInt uri url uuid Address Age Annotation Attachment CodeableConcept Coding ContactPoint Count Distance Duration HumanName Identifier Money Period Quantity Range Ratio Reference SampledData Signature Timing ContactDetail Contributor DataRequirement Expression ParameterDefinition RelatedArtifact TriggerDefinition UsageContext Dosage Meta",
        ["Meta"] = "versionId id; lastUpdated instant; source uri; profile* canonical; security* Coding; tag* Coding",
        ["Narrative"] = "status! code = generated extensions additional empty; div! xhtml",
        ["Identifier"] = "use code = usual official temp secondary old; type CodeableConcept; system uri; value string; period Period; assigner Reference",
        ["HumanName"] = "use code = usual official temp nickname anonymous old maiden; text string; family string; given* string; prefix* string; suffix* string; period Period",
        ["ContactPoint"] = "system code = phone fax email pager url sms other; value string; use code = home work temp old mobile; rank positiveInt; period Period",
        ["Address"] = "use code = home work temp old billing; type code = postal physical both; text string; line* string; city string; district string; state string; postalCode string; country string; period Period",
        ["CodeableConcept"] = "coding* Coding; text string",
        ["Coding"] = "system uri; version string; code code; display string; userSelected boolean",
        ["Reference"] = "reference string; type uri; identifier Identifier; display string",
        ["Period"] = "start dateTime; end dateTime",
        ["Quantity"] = "value decimal; comparator code = < <= >= >; unit string; system uri; code code",
        ["Range"] = "low Quantity; high Quantity",
        ["Ratio"] = "numerator Quantity; denominator Quantity",
        ["Attachment"] = "contentType code; language code; data base64Binary; url url; size unsignedInt; hash base64Binary; title string; creation dateTime",
        ["Annotation"] = "author[x] Reference string; time dateTime; text! markdown",
        ["Money"] = "value decimal; currency code",
    };
}
