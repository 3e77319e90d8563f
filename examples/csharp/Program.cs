using System.Collections.Generic;
using Pulumi;
using EntraConnectSync.Identities;

// Declares the servers that the stack's file names.
return await Deployment.RunAsync(() =>
{
    var identities = new SyncIdentities("identities");

    return new Dictionary<string, object?> { ["servers"] = identities.Servers };
});
