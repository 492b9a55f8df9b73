// operator/http/certificate.ts — what a certificate says of itself.
import { X509Certificate } from 'node:crypto';

/** PEM of a certificate and of its private key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateFacts {
  readonly notAfter: Date;
  /** When two thirds of its life are over. */
  readonly renewAt: Date;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
}

/** @throws Error when it is not a certificate */
export function readCertificate(pem: string): CertificateFacts {
  const { validFromDate: notBefore, validToDate: notAfter, subjectAltName = '' } = new X509Certificate(pem);
  const names = subjectAltName.split(', ').flatMap((one) => /^(?:DNS|IP Address):(.+)$/.exec(one)?.[1] ?? []);
  const lifeMs = notAfter.getTime() - notBefore.getTime();
  return { notAfter, renewAt: new Date(notBefore.getTime() + (lifeMs * 2) / 3), names };
}
