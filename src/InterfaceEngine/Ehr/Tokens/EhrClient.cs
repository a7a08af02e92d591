namespace InterfaceEngine.Ehr.Tokens;

/// <summary>Who the engine is to a vendor's server of tokens.</summary>
internal sealed record EhrClient
{
    /// <summary>The client id; null where none is set, and then no token is had.</summary>
    public string? Id { get; init; }

    public EhrSecret? Secret { get; init; }

    /// <summary>What is missing to prove it by, and where it was to be: then the connection is off. Null when nothing is.</summary>
    public string? Missing { get; init; }

    public ClientProof Proof { get; init; } = ClientProof.Basic;

    /// <summary>How a token is had.</summary>
    public TokenGrant Grant { get; init; } = TokenGrant.ClientCredentials;

    /// <summary>Keys of <see cref="ClientProof.PrivateKey"/>. All of them are published; the one that is in force the shortest signs.</summary>
    public IReadOnlyList<ClientKeyOptions> Keys { get; init; } = [];

    /// <summary>Where a user's consent comes back to: <c>https://…/api/ehr/callback</c>.</summary>
    public Uri? RedirectUri { get; init; }

    /// <summary>Where a user consents; null takes what the server's <c>smart-configuration</c> says.</summary>
    public Uri? Authorize { get; init; }
}

/// <param name="File">A private key in PEM (PKCS #8, PKCS #1, SEC 1) or as JWK; RSA of 2048 bits and more signs RS384, P-384 signs ES384.</param>
/// <param name="Kid">Its name; null takes the one in the file, else its thumbprint (RFC 7638).</param>
/// <param name="From">From when on it signs; before, it is published only. Null for always.</param>
internal sealed record ClientKeyOptions(string File, string? Kid, DateOnly? From);

/// <summary>How the client proves who it is.</summary>
internal enum ClientProof
{
    /// <summary>Id and secret in the header (<c>client_secret_basic</c>).</summary>
    Basic,

    /// <summary>Id and secret in the form (<c>client_secret_post</c>).</summary>
    Post,

    /// <summary>A signed statement (<c>private_key_jwt</c>).</summary>
    PrivateKey,

    /// <summary>By nothing but its id: a public client, which has PKCE.</summary>
    None,
}

/// <summary>How a token is had.</summary>
internal enum TokenGrant
{
    /// <summary>The engine asks for itself.</summary>
    ClientCredentials,

    /// <summary>A user consented once (<c>launch/patient</c>); what they gave is refreshed.</summary>
    AuthorizationCode,
}

/// <summary>A secret that is never shown by mistake.</summary>
internal sealed class EhrSecret(string value)
{
    public string Value { get; } = value;

    public override string ToString() => "***";
}

/// <summary>The scopes that are asked for, each set behind one another; empty asks for none. A token is had for each set.</summary>
internal sealed record EhrScopes
{
    /// <summary>For athenaNet's calls.</summary>
    public string Rest { get; init; } = "";

    /// <summary>For FHIR, one resource after another.</summary>
    public string Fhir { get; init; } = "";

    /// <summary>For visits that are booked, changed and cancelled as FHIR resources; empty takes those of FHIR. Only a destination asks by it, so that a token for reading writes nothing.</summary>
    public string Visits { get; init; } = "";

    /// <summary>For patients who are registered and changed as FHIR resources; empty takes those of FHIR. Only a destination asks by it.</summary>
    public string Patients { get; init; } = "";

    /// <summary>For the lists of places and providers as FHIR resources; empty takes those of FHIR.</summary>
    public string References { get; init; } = "";

    /// <summary>For bulk exports. Some servers want the group's scope here, and refuse it elsewhere.</summary>
    public string Export { get; init; } = "";

    /// <summary>For subscriptions; empty takes those of FHIR. athenahealth grants them apart.</summary>
    public string Events { get; init; } = "";

    /// <summary>What a user is asked to consent to.</summary>
    public string User { get; init; } = "";
}
