// Declares the servers that the stack's file names.
package main

import (
	"example.com/pulumi-connect-sync-identity/sdk/go/connectsyncidentity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		identities, err := connectsyncidentity.NewSyncIdentities(ctx, "identities", nil)
		if err != nil {
			return err
		}
		ctx.Export("servers", identities.Servers)
		return nil
	})
}
