-- A state and two roles that Waldur has. No statement of this transaction may name the new values.
ALTER TYPE "OfferingState" ADD VALUE 'UNAVAILABLE';
ALTER TYPE "CustomerRoleName" ADD VALUE 'READER';
ALTER TYPE "ProjectRoleName" ADD VALUE 'OBSERVER';
