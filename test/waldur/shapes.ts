/** The kind of a published field's value; `nullable` is null unless a record gives it. */
export type Kind = "text" | "number" | "boolean" | "list" | "object" | "nullable";

const table = (names: Readonly<Partial<Record<Kind, string>>>): ReadonlyMap<string, Kind> =>
	new Map(Object.entries(names).flatMap(([kind, fields]) => fields.split(" ").map((field) => [field, kind as Kind] as const)));

/** Every field that the API of Waldur publishes for a record of each list, for a role in `list_users` and for parts of records. */
export const shapes = {
	"organization-groups": table({
		text: "uuid url name parent_uuid parent_name",
		number: "customers_count",
		nullable: "parent",
	}),
	customers: table({
		text:
			"url uuid created display_name backend_id default_tax_percent accounting_start_date country_name name slug native_name " +
			"abbreviation description contact_details agreement_number email phone_number access_subnets registration_code homepage " +
			"domain vat_code postal address bank_name bank_account notification_emails city state parish street house_nr apartment_nr " +
			"household",
		number: "projects_count users_count",
		boolean: "blocked archived display_billing_info_in_projects has_affiliate_links is_service_provider has_active_helpdesk",
		list: "organization_groups user_email_patterns user_affiliations user_identity_sources default_affiliations payment_profiles",
		nullable:
			"image sponsor_number max_service_accounts project_metadata_checklist grace_period_days latitude longitude country " +
			"project_slug_template customer_credit customer_unallocated_credit service_provider service_provider_uuid " +
			"call_managing_organization_uuid billing_price_estimate",
	}),
	users: table({
		text:
			"url uuid username slug full_name native_name job_title email phone_number organization description token " +
			"registration_method date_joined preferred_language first_name last_name identity_provider_name identity_provider_label " +
			"identity_provider_management_url identity_source personal_title place_of_birth address country_of_residence nationality " +
			"organization_country organization_type organization_registry_code organization_vat_code organization_address " +
			"deactivation_reason",
		boolean:
			"is_staff is_active is_support notifications_enabled should_protect_user_details has_active_session has_usable_password " +
			"is_identity_manager can_use_personal_access_tokens is_admin_deactivated",
		list: "permissions affiliations identity_provider_fields nationalities eduperson_assurance managed_isds active_isds",
		object: "attribute_sources",
		nullable: "civil_number token_lifetime token_expires_at agreement_date requested_email birth_date image ip_address gender " + "uid_number primary_gid",
	}),
	projects: table({
		text:
			"url uuid name slug customer customer_uuid customer_name customer_slug customer_native_name customer_abbreviation " +
			"description created backend_id oecd_fos_2007_label staff_notes affiliation_name affiliation_code science_sub_domain_name " +
			"science_sub_domain_code science_domain_uuid science_domain_name science_domain_code",
		number: "resources_count",
		boolean: "customer_display_billing_info_in_projects display_credit_reports is_industry is_removed is_in_grace_period",
		list: "project_metadata user_email_patterns user_affiliations user_identity_sources",
		object: "termination_metadata marketplace_resource_count",
		nullable:
			"type type_name type_uuid start_date end_date end_date_requested_by end_date_updated_at oecd_fos_2007_code image " +
			"max_service_accounts kind grace_period_days customer_grace_period_days effective_end_date affiliation affiliation_uuid " +
			"science_sub_domain project_credit billing_price_estimate",
	}),
	role: table({
		text: "uuid created role_name role_uuid user_email user_full_name user_username user_uuid user_image created_by_full_name " + "created_by_uuid",
		nullable: "expiration_time",
	}),
	"user-permissions": table({
		text:
			"uuid user_uuid user_name user_slug user_username user_email created created_by_full_name created_by_username " +
			"revoke_reason role_name role_description role_uuid scope_uuid scope_name customer_uuid customer_name",
		boolean: "scope_is_removed",
		nullable: "expiration_time is_active revoked_by_full_name revoked_by_username scope_type resource_uuid project_uuid",
	}),
	"marketplace-categories": table({
		text: "url uuid title description",
		number: "offering_count available_offerings_count",
		boolean: "default_vm_category default_volume_category",
		list: "sections columns components articles",
		nullable: "icon group",
	}),
	"category-component": table({
		text: "type name description measured_unit",
	}),
	"marketplace-provider-offerings": table({
		text:
			"url uuid created name slug description full_description privacy_policy_link helpdesk_url documentation_url access_url " +
			"category category_uuid category_title vendor_details getting_started integration_guide type scope paused_reason " +
			"datacite_doi backend_id billing_type_classification",
		number: "order_count citation_count",
		boolean: "shared billable has_compliance_requirements",
		list:
			"endpoints default_access_subnets software_catalogs partitions qos_profiles components plans screenshots files quotas " +
			"organization_groups tags effective_available_limits",
		object: "attributes service_attributes backend_id_rules backend_metadata",
		nullable:
			"customer customer_uuid customer_name project project_uuid project_name options resource_options plugin_options " +
			"secret_options state thumbnail scope_uuid scope_name scope_state scope_error_message scope_resource scope_resource_uuid " +
			"scope_resource_name latitude longitude country image total_customers total_cost total_cost_estimated parent_description " +
			"parent_uuid parent_name compliance_checklist profile_uuid profile_name offering_group offering_group_uuid " +
			"offering_group_title integration_status google_calendar_is_public google_calendar_link",
	}),
	"offering-component": table({
		text: "uuid offering_uuid type name description measured_unit article_code",
		number: "unit_factor",
		boolean: "is_boolean is_builtin is_prepaid",
		nullable:
			"billing_type limit_period limit_amount max_value min_value max_available_limit default_limit factor overage_component " +
			"min_prepaid_duration max_prepaid_duration prepaid_duration_step min_renewal_duration max_renewal_duration " +
			"renewal_duration_step",
	}),
	plan: table({
		text: "url uuid name description article_code unit_price backend_id plan_type minimal_price",
		number: "init_price switch_price resources_count",
		boolean: "archived is_active",
		list: "organization_groups components",
		object: "prices future_prices quotas",
		nullable: "max_amount unit",
	}),
	"marketplace-resources": table({
		text:
			"offering offering_name offering_uuid offering_description offering_image offering_thumbnail offering_type provider_name " +
			"provider_uuid provider_slug provider_description category_title category_uuid category_icon plan uuid created modified " +
			"url scope description backend_id effective_id project project_uuid project_name project_description customer_uuid " +
			"customer_name offering_slug parent_offering_uuid parent_offering_name parent_offering_slug offering_backend_id " +
			"parent_uuid parent_name name slug error_message error_traceback last_sync service_settings_uuid project_slug " +
			"customer_slug",
		boolean:
			"offering_shared offering_billable project_is_in_grace_period is_usage_based is_limit_based can_terminate downscaled " +
			"restrict_member_access paused user_requires_reconsent has_api_keys",
		list: "report endpoints available_actions offering_components",
		object: "offering_plugin_options attributes limits current_usages limit_usage options renewal_date",
		nullable:
			"plan_unit plan_name plan_uuid plan_description state resource_uuid resource_type project_end_date " +
			"project_effective_end_date resource_effective_end_date project_end_date_requested_by backend_metadata end_date " +
			"end_date_requested_by end_date_updated_at username usage_limit_restriction order_in_progress creation_order " +
			"offering_state",
	}),
	"plan-period": table({
		text: "uuid plan_name plan_uuid",
		list: "components",
		nullable: "start end",
	}),
	"marketplace-offering-users": table({
		text:
			"url uuid user offering offering_uuid offering_name user_uuid user_username user_full_name user_first_name user_last_name " +
			"user_email user_phone_number user_organization user_job_title user_personal_title user_place_of_birth user_address " +
			"user_country_of_residence user_nationality user_organization_country user_organization_type " +
			"user_organization_registry_code user_organization_vat_code user_organization_address user_identity_source created " +
			"modified customer_uuid customer_name service_provider_comment service_provider_comment_url",
		boolean: "is_restricted has_consent requires_reconsent offering_has_active_tos has_compliance_checklist is_profile_complete",
		list: "user_affiliations user_nationalities user_eduperson_assurance user_active_isds missing_profile_attributes",
		object: "consent_data",
		nullable:
			"username user_gender user_civil_number user_birth_date user_uid_number user_primary_gid state runtime_state uidnumber " +
			"primarygroup login_shell home_directory",
	}),
	"marketplace-component-usages": table({
		text:
			"uuid created description type name measured_unit date resource_name resource_uuid offering_name offering_uuid " +
			"project_name project_uuid customer_name customer_uuid billing_period",
		number: "usage",
		boolean: "recurring",
		nullable: "missing_usage_policy modified_by",
	}),
	"marketplace-component-user-usages": table({
		text:
			"uuid user username component_usage measured_unit description created modified backend_id resource_name resource_uuid " +
			"offering_name offering_uuid project_name project_uuid customer_name customer_uuid component_type date billing_period",
		number: "usage",
	}),
	"component-user-usage-limits": table({
		text: "url uuid resource component component_type user limit",
	}),
	"marketplace-offering-usage-policies": table({
		text: "uuid url scope scope_name scope_uuid actions created created_by_full_name created_by_username fired_datetime period_name",
		number: "affected_resources_count",
		boolean: "has_fired apply_to_all",
		list: "organization_groups component_limits_set",
		object: "options",
		nullable: "period",
	}),
	"customer-quotas": table({
		text: "customer_name customer_abbreviation",
		number: "value",
	}),
} as const;

export type ShapeName = keyof typeof shapes;
