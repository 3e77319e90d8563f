"""Declares the servers that the stack's file names."""

import pulumi
import pulumi_connect_sync_identity as sync

identities = sync.SyncIdentities("identities")

pulumi.export("servers", identities.servers)
