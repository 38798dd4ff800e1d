"""Fields of the app that say nothing about a person, by table: see `portal.processing`."""

THINGS = {
    "contacts.source": "key title publisher url licence licence_url as_of attribution changes_de "
    "changes_en dataset",
    "contacts.area": "key name slug official_kind state boundary label_point",
    "contacts.placename": "text language source key1 key2",
    "contacts.postalcode": "code",
    "contacts.topic": "slug",
    "contacts.topictranslation": "name",
    "contacts.agency": "slug short_name parent_body department phone fax email website "
    "integreat_url accent",
    "contacts.agencytranslation": "name area_label summary tasks network funding_notice",
    "contacts.document": "slug issued language file file_name url",
    "contacts.documenttranslation": "title summary",
    "contacts.newsitem": "slug",
    "contacts.newsitemtranslation": "title summary text",
    "contacts.office": "slug building street postal_code city postal_street postal_postal_code "
    "postal_city phone",
    "contacts.officetranslation": "name hours_note access_note",
    "contacts.post": "provider",
    "contacts.doubt": "field value_used other_value source source_date",
    "contacts.enquiry": "uuid reference page language nonce",
    "contacts.correction": "page nonce language",
    "contacts.lookupcount": "outcome",
    "contacts.missedinput": "week",
    "contacts.goldencase": "typed",
    "contacts.documentedgap": "reason",
    "contacts.organisation": "slug name website",
    "contacts.organisationtranslation": "summary",
    "contacts.workinggroup": "slug",
    "contacts.workinggrouptranslation": "name tasks",
    "contacts.meeting": "uuid title place agenda",
    "contacts.grouppaper": "uuid title",
    "contacts.importdraft": "file_name",
    "contacts.interpreterpool": "slug run_by languages",
    "contacts.interpreterpooltranslation": "name summary terms",
    "contacts.legaldetails": "body_name legal_form street postal_code city phone email "
    "supervisory_authority known_barriers",
    "contacts.loadrecord": "dataset model key fields digest",
}
