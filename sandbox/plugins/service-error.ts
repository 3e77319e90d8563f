/** Failures as the engine reads them. */
import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { NotEmulatedError, PartialFailure } from "./provider";
import { encodeMap } from "./property-values";

/** Contains what was created in the status details, so that the engine stores it and the next run continues there. */
function partialFailureDetails(failure: PartialFailure): grpc.Metadata {
  const detail = new ErrorResourceInitFailed();
  detail.setId(failure.id);
  detail.setProperties(
    Struct.fromJavaScript(encodeMap(failure.outputs) as Parameters<typeof Struct.fromJavaScript>[0]),
  );
  detail.setReasonsList([failure.message]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(failure.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}

export function toServiceError(error: unknown): Partial<grpc.ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof NotEmulatedError) return { code: grpc.status.UNIMPLEMENTED, details: message };
  if (error instanceof PartialFailure) {
    return { code: grpc.status.UNKNOWN, details: message, metadata: partialFailureDetails(error) };
  }
  return { code: grpc.status.UNKNOWN, details: message };
}
