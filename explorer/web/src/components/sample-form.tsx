import { Checkbox, NumberInput, Select, SimpleGrid, TextInput } from "@mantine/core";

import type { Field } from "../api/types";

interface Property {
  enum?: string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  format?: string;
}

/** The inputs that a record of a schema would be filled in with, made from the schema itself. Nothing typed here is sent anywhere. */
export function SampleForm({ fields, jsonSchema }: { fields: Field[]; jsonSchema: string }) {
  const { properties, required } = parse(jsonSchema);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {fields.map((field) => (
        <Input key={field.name} field={field} property={properties[field.name] ?? {}} required={required.includes(field.name)} />
      ))}
    </SimpleGrid>
  );
}

function parse(text: string): { properties: Record<string, Property>; required: string[] } {
  try {
    const { properties = {}, required = [] } = JSON.parse(text) as { properties?: Record<string, Property>; required?: string[] };
    return { properties, required };
  } catch {
    return { properties: {}, required: [] }; // a schema may have none
  }
}

function Input({ field, property, required }: { field: Field; property: Property; required: boolean }) {
  const common = { label: field.name, description: field.unit || undefined, required, autoComplete: "off" };
  if (property.enum) return <Select {...common} data={property.enum} searchable />;
  switch (field.kind) {
    case "FIELD_KIND_INTEGER":
    case "FIELD_KIND_AMOUNT":
      return <NumberInput {...common} min={property.minimum} max={property.maximum} allowDecimal={false} thousandSeparator=" " />;
    case "FIELD_KIND_DATE":
      return <TextInput {...common} type="date" />;
    case "FIELD_KIND_BOOLEAN":
      return <Checkbox label={field.name} mt="xl" />;
    default:
      return <TextInput {...common} pattern={property.pattern} placeholder={property.pattern} />;
  }
}
