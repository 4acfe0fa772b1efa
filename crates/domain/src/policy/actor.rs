//! Who acts: a person in a role at a unit, a service client with scopes, or the system itself.

use crate::units::UnitKind;

crate::codes! {
    /// A role, held at a unit for a period.
    pub enum Role : "role" {
        Admin = "admin", "Quản trị hệ thống", "Administrator";
        Controller = "controller", "Cán bộ kiểm soát thủ tục hành chính", "Procedure controller";
        Chairman = "chairman", "Chủ tịch Ủy ban nhân dân", "Chairman";
        Head = "head", "Thủ trưởng cơ quan, đơn vị", "Head of unit";
        Officer = "officer", "Cán bộ, công chức thụ lý", "Officer";
        Clerk = "clerk", "Cán bộ Bộ phận Một cửa", "One-stop clerk";
    }
}

crate::codes! {
    /// What a service client may do.
    pub enum ClientScope : "client_scope" {
        RegistryWrite = "registry.write", "Ghi kho thủ tục hành chính", "Write the registry";
        ChangesRead = "changes.read", "Đọc dòng thay đổi", "Read the changes feed";
        DossierCountsWrite = "dossier_counts.write", "Ghi số liệu hồ sơ", "Write dossier counts";
        ReportsRead = "reports.read", "Đọc báo cáo và số liệu", "Read reports and figures";
    }
}

crate::codes! {
    /// What kind of actor did something.
    pub enum ActorKind : "actor_kind" {
        User = "user", "Người dùng", "Person";
        Client = "client", "Hệ thống kết nối", "Service client";
        /// Someone without an account, who proves that an item is theirs by its secret.
        Citizen = "citizen", "Người dân, tổ chức", "Citizen";
        System = "system", "Hệ thống", "The system itself";
    }
}

/// The unit a token acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingUnit {
    pub id: String,
    pub code: String,
    pub kind: UnitKind,
}

/// Who acts now, with the grants in force now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// Account or client id; the name of the process for the system.
    pub id: String,
    /// Username or client name.
    pub name: String,
    pub unit: Option<ActingUnit>,
    pub roles: Vec<Role>,
    pub scopes: Vec<ClientScope>,
}

impl Actor {
    /// Someone without an account.
    pub fn citizen() -> Self {
        Self { kind: ActorKind::Citizen, ..Self::system("citizen") }
    }

    /// The system itself, acting in `process` (a command or a worker).
    pub fn system(process: &str) -> Self {
        Self {
            kind: ActorKind::System,
            id: process.to_owned(),
            name: process.to_owned(),
            unit: None,
            roles: Vec::new(),
            scopes: Vec::new(),
        }
    }
}
